/** Gives each text a number, in the order in which they come; "" is 0. A population draws numbers, blocks stay cheap. */
export interface TextTable {
  /** The text of each number. */
  readonly texts: readonly string[];
  /** The number of a text, a new one if it has none. */
  numberOf(text: string): number;
}

export function textTable(): TextTable {
  const texts = [''];
  const numbers = new Map([['', 0]]);
  return {
    texts,
    numberOf(text) {
      const known = numbers.get(text);
      if (known !== undefined) return known;
      numbers.set(text, texts.length);
      return texts.push(text) - 1;
    },
  };
}
