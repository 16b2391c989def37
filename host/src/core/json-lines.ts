/** Cuts a stream into JSON objects, one a line (QMP, a keeper's reports), and bounds what a broken peer could make us keep. */
const LINE_SIZE_MAX = 1024 * 1024;

export type JsonMessage = Readonly<Record<string, unknown>>;

export class JsonLines {
  #rest = '';

  /** @throws Error for a line that is too long or no JSON object; nothing may be fed after that */
  feed(text: string): JsonMessage[] {
    const parts = (this.#rest + text).split('\n');
    this.#rest = parts.pop() ?? '';
    if (this.#rest.length > LINE_SIZE_MAX) throw new Error('a line is longer than 1 MiB');
    return parts.filter((line) => line.trim() !== '').map(parseLine);
  }
}

function parseLine(line: string): JsonMessage {
  const message: unknown = JSON.parse(line);
  if (typeof message !== 'object' || message === null || Array.isArray(message)) throw new Error('a line is no object');
  return message as JsonMessage;
}
