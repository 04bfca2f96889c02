"""Microsoft Azure. Its keys carry a fixed signature a few characters before their end.

https://github.com/microsoft/security-utilities publishes the signatures and the position of each.
"""

from __future__ import annotations

from palint.secrets import checksums
from palint.secrets.formats.format import LEFT, LEFT64, RIGHT64, WORD, Format, assigned, token64

_PUBLISHED = "https://github.com/microsoft/security-utilities/tree/main/GeneratedRegexPatterns"
_64 = "[0-9A-Za-z/+]"

FORMATS = (
    Format(
        id="azure-storage-account-key",
        name="Azure storage account key",
        keyword=r"\+ASt",
        pattern=token64(rf"{_64}{{76}}\+ASt{_64}{{5}}[AQgw]=="),
        example="{base64:76}+ASt{base64:5}{pad:1}==",
        near_miss="{base64:70}+ASt{base64:5}{pad:1}==",
        source=_PUBLISHED,
    ),
    Format(
        id="azure-storage-account-key-legacy",
        name="Azure storage account key (before signatures)",
        keyword="AccountKey",
        pattern=assigned("(?:account|storage|shared)_?key", rf"{_64}{{86}}=="),
        example="AccountName=app;AccountKey=«{base64:85}{pad:1}==»;EndpointSuffix=core.windows.net",
        near_miss="AccountName=app;AccountKey={base64:80}==;EndpointSuffix=core.windows.net",
        source="https://learn.microsoft.com/azure/storage/common/storage-configure-connection-string",
    ),
    Format(
        id="azure-cosmos-db-key",
        name="Azure Cosmos DB key",
        keyword="ACDb",
        pattern=token64(rf"{_64}{{76}}ACDb{_64}{{5}}[AQgw]=="),
        example="{base64:76}ACDb{base64:5}{pad:1}==",
        near_miss="{base64:70}ACDb{base64:5}{pad:1}==",
        source=_PUBLISHED,
    ),
    Format(
        id="azure-batch-key",
        name="Azure Batch account key",
        keyword=r"\+ABa",
        pattern=token64(rf"{_64}{{76}}\+ABa{_64}{{5}}[AQgw]=="),
        example="{base64:76}+ABa{base64:5}{pad:1}==",
        near_miss="{base64:70}+ABa{base64:5}{pad:1}==",
        source=_PUBLISHED,
    ),
    Format(
        id="azure-ml-key",
        name="Azure Machine Learning web service key",
        keyword=r"\+AMC",
        pattern=token64(rf"{_64}{{76}}\+AMC{_64}{{5}}[AQgw]=="),
        example="{base64:76}+AMC{base64:5}{pad:1}==",
        near_miss="{base64:70}+AMC{base64:5}{pad:1}==",
        source=_PUBLISHED,
    ),
    Format(
        id="azure-api-management-key",
        name="Azure API Management key",
        keyword="APIM",
        pattern=token64(rf"{_64}{{76}}APIM{_64}{{5}}[AQgw]=="),
        example="{base64:76}APIM{base64:5}{pad:1}==",
        near_miss="{base64:70}APIM{base64:5}{pad:1}==",
        source=_PUBLISHED,
    ),
    Format(
        id="azure-service-bus-key",
        name="Azure Service Bus key",
        keyword=r"\+ASb",
        pattern=token64(rf"{_64}{{33}}\+ASb[A-P]{_64}{{5}}="),
        example="{base64:33}+ASbA{base64:5}=",
        near_miss="{base64:30}+ASbA{base64:5}=",
        source=_PUBLISHED,
    ),
    Format(
        id="azure-event-hubs-key",
        name="Azure Event Hubs key",
        keyword=r"\+AEh",
        pattern=token64(rf"{_64}{{33}}\+AEh[A-P]{_64}{{5}}="),
        example="{base64:33}+AEhA{base64:5}=",
        near_miss="{base64:30}+AEhA{base64:5}=",
        source=_PUBLISHED,
    ),
    Format(
        id="azure-relay-key",
        name="Azure Relay key",
        keyword=r"\+ARm",
        pattern=token64(rf"{_64}{{33}}\+ARm[A-P]{_64}{{5}}="),
        example="{base64:33}+ARmA{base64:5}=",
        near_miss="{base64:30}+ARmA{base64:5}=",
        source=_PUBLISHED,
    ),
    Format(
        id="azure-messaging-key-legacy",
        name="Azure Service Bus, Event Hubs or Relay key (before signatures)",
        keyword="SharedAccessKey",
        pattern=assigned("sharedaccesskey", rf"{_64}{{43}}="),
        example="SharedAccessKeyName=send;SharedAccessKey=«{base64:42}{pad:1}=»",
        near_miss="SharedAccessKeyName=send;SharedAccessKey={base64:40}=",
        source="https://learn.microsoft.com/azure/service-bus-messaging/service-bus-sas",
    ),
    Format(
        id="azure-iot-key",
        name="Azure IoT Hub or device key",
        keyword="AIoT",
        pattern=token64(rf"{_64}{{33}}AIoT[A-P]{_64}{{5}}="),
        example="{base64:33}AIoTA{base64:5}=",
        near_miss="{base64:30}AIoTA{base64:5}=",
        source=_PUBLISHED,
    ),
    Format(
        id="azure-event-grid-key",
        name="Azure Event Grid key",
        keyword="AZEG",
        pattern=token64(rf"{_64}{{33}}AZEG[A-P]{_64}{{5}}="),
        example="{base64:33}AZEGA{base64:5}=",
        near_miss="{base64:30}AZEGA{base64:5}=",
        source=_PUBLISHED,
    ),
    Format(
        id="azure-redis-key",
        name="Azure Cache for Redis key",
        keyword="AzCa",
        pattern=token64(rf"{_64}{{33}}AzCa[A-P]{_64}{{5}}="),
        example="{base64:33}AzCaA{base64:5}=",
        near_miss="{base64:30}AzCaA{base64:5}=",
        source=_PUBLISHED,
    ),
    Format(
        id="azure-container-registry-key",
        name="Azure Container Registry password",
        keyword=r"\+ACR",
        pattern=token64(rf"{_64}{{42}}\+ACR[A-D]{_64}{{5}}"),
        example="{base64:42}+ACRA{base62:5}",
        near_miss="{base64:40}+ACRA{base62:5}",
        source=_PUBLISHED,
    ),
    Format(
        id="azure-function-key",
        name="Azure Functions key",
        keyword="AzFu",
        pattern=rf"{LEFT64}(?P<value>{WORD}{{44}}AzFu{WORD}{{5}}[AQgw]==)(?![0-9A-Za-z_+/=-])",
        example="{base62:44}AzFu{base64url:5}{pad:1}==",
        near_miss="{base62:40}AzFu{base64url:5}{pad:1}==",
        source=_PUBLISHED,
    ),
    Format(
        id="azure-search-key",
        name="Azure AI Search admin or query key",
        keyword="AzSe",
        pattern=token64("[0-9A-Za-z]{42}AzSe[A-D][0-9A-Za-z]{5}"),
        example="{base62:42}AzSeA{base62:5}",
        near_miss="{base62:40}AzSeA{base62:5}",
        source=_PUBLISHED,
    ),
    Format(
        id="azure-annotated-key",
        name="Azure key with annotations; AI services, OpenAI, DevOps, App Configuration, Maps and others",
        keyword="JQQJ9",
        pattern=token64(
            "[0-9A-Za-z]{52}JQQJ9[9DH][0-9A-Za-z][A-L][0-9A-Za-z]{16}[A-Za-z][0-9A-Za-z]{7}"
            "(?:[0-9A-Za-z]{2}==)?"
        ),
        example="{base62:52}JQQJ99B{month:1}{base62:12}AAABACOG{base62:4}",
        near_miss="{base62:52}JQQJ99BZ{base62:12}AAABACOG{base62:4}",
        source=_PUBLISHED,
    ),
    Format(
        id="azure-client-secret",
        name="Microsoft Entra client secret",
        keyword=r"Q~(?=[0-9a-z_~.-]{31})",
        pattern=rf"{LEFT}(?<![~.+/-])(?P<value>[0-9A-Za-z_~.-]{{3}}[78]Q~[0-9A-Za-z_~.-]{{31,34}})(?![0-9A-Za-z_~+/-])",
        example="{base62:3}8Q~{base64url:34}",
        near_miss="{base62:3}8Q~{base64url:29}",
        source=_PUBLISHED,
    ),
    Format(
        id="azure-devops-token",
        name="Azure DevOps personal access token (before annotations)",
        keyword="devops|vsts|azp_token",
        pattern=assigned(r"(?:devops|vsts|azp)[\w.-]{0,16}(?:pat|token|password|secret|key)", "[2-7a-z]{52}"),
        valid=checksums.azure_devops,
        example='AZURE_DEVOPS_EXT_PAT="«{azure_devops_pat}»"',
        near_miss='AZURE_DEVOPS_EXT_PAT="{base32_lower:52}"',
        source=_PUBLISHED,
    ),
    Format(
        id="azure-sas-signature",
        name="Azure shared access signature",
        keyword="sig=",
        pattern=rf"[?&;]sig=(?P<value>(?:[0-9A-Za-z/+_-]|%2[BbFf]){{43}}(?:=|%3[Dd])){RIGHT64}",
        example="https://app.blob.core.windows.net/c?sv=2024-11-04&sp=r&sig=«{base64:42}{pad:1}%3D»",
        near_miss="https://app.blob.core.windows.net/c?sv=2024-11-04&sp=r&sig={base62:20}",
        source="https://learn.microsoft.com/azure/storage/common/storage-sas-overview",
    ),
    Format(
        id="azure-app-configuration-secret",
        name="secret in an Azure App Configuration connection string",
        keyword=r"azconfig\.",
        pattern=(
            r"Endpoint=https://[\w.-]{1,120}\.azconfig\.[\w.]{2,20};Id=[0-9A-Za-z+/:._-]{1,64};Secret="
            rf"(?P<value>[0-9A-Za-z+/]{{42,88}}={{0,2}}){RIGHT64}"
        ),
        example="Endpoint=https://acme.azconfig.io;Id={base62:4}-l0-s0:{base62:20};Secret=«{base64:43}=»",
        near_miss="Endpoint=https://acme.azconfig.io;Id={base62:4}-l0-s0:{base62:20};Secret={base62:20}",
        source="https://learn.microsoft.com/azure/azure-app-configuration/howto-best-practices",
    ),
)
