// The search finds the sections that have all of its words. Where none has, find those that lack one of them, then two.

/** Every way to leave `count` of the words out. */
function shorter(words, count) {
  if (count === 0) return [words];
  return words.flatMap((_, i) => shorter(words.slice(i + 1), count - 1).map((rest) => [...words.slice(0, i), ...rest]));
}

/** The query of the search's worker for sections that have all words of one of the lists. */
function query(lists) {
  const operator = (name, operands) => ({ type: "operator", data: { operator: name, operands } });
  const value = (word) => ({ type: "value", data: { field: "*", value: { type: "prefix", data: word } } });
  return operator("or", lists.map((words) => operator("and", words.map(value))));
}

globalThis.Worker = class extends Worker {
  waiting = 0; // questions without an answer: only an answer to the last one counts

  constructor(...options) {
    super(...options);
    this.addEventListener("message", (event) => {
      if (event.data.type !== 3 || --this.waiting || event.data.data.items.length) return;
      if (++this.left >= this.words.length) return;
      event.stopImmediatePropagation();
      this.waiting++;
      super.postMessage({ type: 2, data: { ...this.data, input: query(shorter(this.words, this.left)) } });
    });
  }

  postMessage({ type, data }) {
    if (type === 0) this.separator = new RegExp(data.config.separator, "gu");
    if (type === 2) {
      const words = typeof data.input === "string" ? data.input.split(this.separator).filter(Boolean) : [];
      Object.assign(this, { data, words: words.slice(0, 8), left: 0 });
      this.waiting++;
    }
    super.postMessage({ type, data });
  }
};
