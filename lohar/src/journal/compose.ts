/**
 * Makes the text of one journal file: numbers its contexts and says each again when its last mention is CONTEXT_EVERY
 * bytes above, so that a reader who comes from the end need not go far for it. Pure.
 */
import { contextLine, type Draft, type Fields, type Moment, recordLine, recordMiddle, recordStart } from './record.ts';
import { escapeText } from './text.ts';

/** A context is repeated when its last mention is this many bytes above. */
export const CONTEXT_EVERY = 64 * 1024;
/** Contexts remembered for a file; more and all are said anew. */
const CONTEXTS_MAX = 256;

/** What lines have in common: who wrote them. Told apart by identity, so keep the object. */
export interface Sender {
  readonly fields: Fields;
}

interface Mention {
  readonly id: string;
  /** Offset of the last mention. */
  at: number;
}

export class Composer {
  /** Contexts are numbered on through all files of a run of PID 1, so that no reader takes one for another. */
  #next = 1;
  #mentions = new Map<Sender, Mention>();
  /** Bytes of the file so far; escaped text is counted by its UTF-16 length, which is near enough for its two uses. */
  size: number;

  /** @param size bytes that are in the file already */
  constructor(size: number) {
    this.size = size;
  }

  /** A new file begins, or what every context says has changed (host name, machine id). */
  forget(size = this.size): void {
    this.#mentions = new Map();
    this.size = size;
  }

  /** One message, with the context line before it when it is due. `base`: fields of every context of this boot. */
  message(sender: Sender, base: Fields, at: Moment, seq: number, draft: Draft): string {
    const { id, text } = this.#context(sender, base);
    const line = recordLine(recordStart(at), seq, id, draft);
    this.size += line.length;
    return text + line;
  }

  /** Many lines of one sender at one moment, the first numbered `seq`: the way of stdout, where a line must cost little. */
  lines(
    sender: Sender,
    base: Fields,
    at: Moment,
    seq: number,
    of: Pick<Draft, 'priority' | 'identifier' | 'pid'>,
    lines: readonly string[],
  ): string {
    const { id, text } = this.#context(sender, base);
    const start = recordStart(at);
    const middle = recordMiddle(of, id);
    let all = text;
    for (let i = 0; i < lines.length; i++) all += `${start}${seq + i}${middle}${escapeText(lines[i] ?? '')}\n`;
    this.size += all.length - text.length;
    return all;
  }

  #context(sender: Sender, base: Fields): { id: string; text: string } {
    const known = this.#mentions.get(sender);
    if (known !== undefined && this.size - known.at < CONTEXT_EVERY) return { id: known.id, text: '' };
    if (this.#mentions.size >= CONTEXTS_MAX) this.#mentions.clear();
    const id = known?.id ?? `c${this.#next++}`;
    const text = contextLine(id, [...base, ...sender.fields]);
    this.#mentions.set(sender, { id, at: this.size });
    this.size += text.length;
    return { id, text };
  }
}
