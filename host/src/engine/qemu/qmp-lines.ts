/** Cuts QMP's byte stream into JSON objects, one a line, and bounds what a broken QEMU could make us keep. */
const LINE_SIZE_MAX = 1024 * 1024;

export type QmpMessage = Readonly<Record<string, unknown>>;

export class QmpLines {
  #rest = '';

  /** @throws Error for a line that is too long or no JSON object; nothing may be fed after that */
  feed(text: string): QmpMessage[] {
    const parts = (this.#rest + text).split('\n');
    this.#rest = parts.pop() ?? '';
    if (this.#rest.length > LINE_SIZE_MAX) throw new Error('QMP line is longer than 1 MiB');
    return parts.filter((line) => line.trim() !== '').map(parseLine);
  }
}

function parseLine(line: string): QmpMessage {
  const message: unknown = JSON.parse(line);
  if (typeof message !== 'object' || message === null || Array.isArray(message))
    throw new Error('QMP line is no object');
  return message as QmpMessage;
}
