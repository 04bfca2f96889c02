"""URLs that are secrets as a whole: anyone who has one can post to the channel or start the workflow."""

from __future__ import annotations

from palint.secrets.formats.format import LEFT, RIGHT, UUID, WORD, Format, token

FORMATS = (
    Format(
        id="google-chat-webhook-url",
        name="Google Chat webhook URL",
        keyword=r"chat\.googleapis\.com/",
        pattern=token(
            rf"https://chat\.googleapis\.com/v1/spaces/{WORD}{{8,24}}/messages\?(?:[\w.]{{1,20}}=[\w.%-]{{1,60}}&(?:amp;)?){{0,4}}token={WORD}{{40,48}}(?:%3D|=)?"
        ),
        example="https://chat.googleapis.com/v1/spaces/{base62:11}/messages?key={base62:39}&token={base64url:43}",
        near_miss="https://chat.googleapis.com/v1/spaces/{base62:11}/messages?key={base62:39}",
        source="https://developers.google.com/workspace/chat/quickstart/webhooks",
    ),
    Format(
        id="feishu-webhook-url",
        name="Feishu or Lark bot webhook URL",
        keyword="/open-apis/bot/",
        pattern=token(rf"https://open\.(?:feishu\.cn|larksuite\.com)/open-apis/bot/(?:v2/)?hook/{UUID}"),
        example="https://open.feishu.cn/open-apis/bot/v2/hook/{uuid}",
        near_miss="https://open.feishu.cn/open-apis/bot/v2/hook/{hex:32}",
        source="https://open.larksuite.com/document/client-docs/bot-v3/add-custom-bot",
    ),
    Format(
        id="dingtalk-webhook-url",
        name="DingTalk robot webhook URL",
        keyword=r"oapi\.dingtalk\.com",
        pattern=token(r"https://oapi\.dingtalk\.com/robot/send\?access_token=[0-9a-f]{64}"),
        example="https://oapi.dingtalk.com/robot/send?access_token={hex:64}",
        near_miss="https://oapi.dingtalk.com/robot/send?access_token={hex:63}",
        source="https://open.dingtalk.com/document/orgapp/custom-robots-send-group-messages",
    ),
    Format(
        id="dingtalk-robot-secret",
        name="DingTalk robot signing secret",
        keyword="SEC[0-9a-f]{8}",
        pattern=token(r"SEC[0-9a-f]{64}"),
        example="SEC{hex:64}",
        near_miss="SEC{hex:63}",
        source="https://open.dingtalk.com/document/orgapp/customize-robot-security-settings",
    ),
    Format(
        id="wecom-webhook-url",
        name="WeCom group robot webhook URL",
        keyword=r"qyapi\.weixin\.qq\.com",
        pattern=token(rf"https://qyapi\.weixin\.qq\.com/cgi-bin/webhook/send\?key={UUID}"),
        example="https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={uuid}",
        near_miss="https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={hex:32}",
        source="https://developer.work.weixin.qq.com/document/path/91770",
    ),
    Format(
        id="make-webhook-url",
        name="Make webhook URL",
        keyword=r"\.make\.com/|\.make\.celonis\.com/|hook\.integromat\.com",
        pattern=token(
            r"https://hook\.(?:(?:eu|us)[12]\.make\.(?:com|celonis\.com)|integromat\.com)/[0-9a-z]{32}"
        ),
        example="https://hook.eu1.make.com/{base36:32}",
        near_miss="https://hook.eu1.make.com/{base36:31}",
        source="https://help.make.com/webhooks",
    ),
    Format(
        id="ifttt-webhook-url",
        name="IFTTT webhook URL",
        keyword=r"maker\.ifttt\.com",
        pattern=rf"{LEFT}https://maker\.ifttt\.com/trigger/[\w{{}}%-]{{1,100}}/(?:json/)?with/key/(?P<value>{WORD}{{22,43}})(?![0-9A-Za-z_-])",
        example="https://maker.ifttt.com/trigger/opened/with/key/«{base64url:22}»",
        near_miss="https://maker.ifttt.com/trigger/opened/with/key/{base64url:20}",
        source="https://help.ifttt.com/hc/en-us/articles/115010230347-Webhooks-service-FAQ",
    ),
    Format(
        id="loggly-input-url",
        name="Loggly customer token in its URL",
        keyword=r"loggly\.com/(?:inputs|bulk)",
        pattern=rf"loggly\.com/(?:inputs|bulk)/(?P<value>{UUID}){RIGHT}",
        example="https://logs-01.loggly.com/inputs/«{uuid}»/tag/http/",
        near_miss="https://logs-01.loggly.com/inputs/{hex:32}/tag/http/",
        source="https://documentation.solarwinds.com/en/success_center/loggly/content/admin/customer-token-authentication-token.htm",
    ),
    Format(
        id="azure-logic-app-url",
        name="Azure Logic Apps or Power Automate trigger URL",
        keyword=r"\.logic\.azure\.com|powerplatform\.com",
        pattern=rf"{LEFT}https://[\w.-]{{1,120}}\.(?:logic\.azure|environment\.api\.powerplatform)\.com(?::443)?/[\w/-]{{1,160}}/(?:paths/invoke|run)\?[\w%&;=./-]{{1,200}}?sig=(?P<value>{WORD}{{43}})(?![0-9A-Za-z_])",
        example="https://prod-12.westeurope.logic.azure.com:443/workflows/{hex:32}/triggers/manual/paths/invoke?api-version=2016-10-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=«{base64url:43}»",
        near_miss="https://prod-12.westeurope.logic.azure.com:443/workflows/{hex:32}/triggers/manual/paths/invoke?api-version=2016-10-01&sig={base64url:30}",
        source="https://learn.microsoft.com/azure/logic-apps/logic-apps-http-endpoint",
    ),
)
