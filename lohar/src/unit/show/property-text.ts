/** Properties as lines of text; moments are left to the client, whose time zone counts. */
import type { Moment, Property } from './property.ts';

export interface Printing {
  /** Lines of properties without a value, too. */
  readonly empty: boolean;
  /** Without `Name=`. */
  readonly valueOnly: boolean;
}

/** Text, with moments where they belong in it. */
export type Pieces = readonly (string | Moment)[];

const valuesOf = (value: Property['value']): readonly Pieces[] => {
  if (typeof value === 'string') return [[value]];
  // Never: empty, like a text.
  if ('atMs' in value) return [[value.atMs > 0 ? value : '']];
  return value.map((line) => (typeof line === 'string' ? [line] : line.parts));
};

export class PropertyText {
  readonly #printing: Printing;
  readonly #pieces: (string | Moment)[] = [];
  #text = '';

  constructor(printing: Printing) {
    this.#printing = printing;
  }

  /** Lines that are text already. */
  append(lines: string): void {
    this.#text += lines;
  }

  add(name: string, value: Property['value']): void {
    const { empty, valueOnly } = this.#printing;
    const before = valueOnly ? '' : `${name}=`;
    if (typeof value === 'string') {
      if (value !== '' || empty) this.#text += `${before}${value}\n`;
      return;
    }
    const values = valuesOf(value);
    for (const pieces of values.length === 0 ? [['']] : values) {
      if (pieces.every((piece) => piece === '') && !empty) continue;
      this.#text += before;
      for (const piece of pieces) this.#put(piece);
      this.#text += '\n';
    }
  }

  #put(piece: string | Moment): void {
    if (typeof piece === 'string') this.#text += piece;
    else {
      this.#pieces.push(this.#text, piece);
      this.#text = '';
    }
  }

  pieces(): Pieces {
    return this.#text === '' ? this.#pieces : [...this.#pieces, this.#text];
  }
}
