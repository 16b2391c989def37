/**
 * Unit files as text: sections, assignments, continuation lines, comments. Facts: systemd.syntax(7) and recording b13.
 * Whether a key is known is not decided here.
 */

/** Bytes of a unit file and of one joined line; systemd bounds only the latter. */
export const FILE_SIZE_MAX = 1024 * 1024;

export interface Assignment {
  readonly is: 'assignment';
  readonly section: string;
  readonly key: string;
  readonly value: string;
  /** Of the last line when the value was continued. */
  readonly line: number;
}
export interface Warning {
  readonly is: 'warning';
  readonly line: number;
  readonly text: string;
}
export type Item = Assignment | Warning;

export type ParsedFile =
  | { readonly ok: true; readonly items: readonly Item[] }
  /** The file cannot be used at all. */
  | { readonly ok: false; readonly items: readonly Item[] };

/** `known` are the sections of the unit's type; unknown ones warn, unless they begin with `X-`. */
export function parseUnitFile(text: string, known: ReadonlySet<string>): ParsedFile {
  const parser = new Parser(known);
  let pending: string | null = null;
  let line = 0;
  for (const raw of lines(text)) {
    line++;
    const first = raw.charAt(leadingBlanks(raw));
    if (first === '#' || first === ';') continue;
    const joined: string = pending === null ? raw : pending + raw;
    if (joined.length > FILE_SIZE_MAX) return { ok: false, items: parser.items };
    if (endsInBackslash(joined)) {
      pending = `${joined.slice(0, -1)} `;
      continue;
    }
    pending = null;
    if (!parser.line(joined.trim(), line)) return { ok: false, items: parser.items };
  }
  if (pending !== null && !parser.line(pending.trim(), line + 1)) return { ok: false, items: parser.items };
  return { ok: true, items: parser.items };
}

/** A lone surrogate: the spelling of a byte that is no UTF-8 (runtime/src/sys.ts). */
const STRAY_BYTE = /(?<![\ud800-\udbff])[\udc80-\udcff]/;
const BYTE_ORDER_MARK = '\ufeff';

function lines(text: string): string[] {
  const body = text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
  if (body === '') return [];
  const all = body.split(/\r\n|\n\r|\n|\r|\0/);
  if (all.at(-1) === '') all.pop();
  return all;
}

function leadingBlanks(line: string): number {
  return line.length - line.trimStart().length;
}

/** An even number of backslashes at the end are escaped ones. */
function endsInBackslash(line: string): boolean {
  if (!line.endsWith('\\')) return false;
  let at = line.length - 1;
  while (at > 0 && line.charAt(at - 1) === '\\') at--;
  return (line.length - at) % 2 === 1;
}

class Parser {
  readonly items: Item[] = [];
  readonly #known: ReadonlySet<string>;
  #section: string | null = null;
  #sectionIgnored = false;

  constructor(known: ReadonlySet<string>) {
    this.#known = known;
  }

  /** @returns false when the whole file is to be refused */
  line(text: string, line: number): boolean {
    if (text === '') return true;
    if (STRAY_BYTE.test(text)) {
      this.#warn(line, `Line is not UTF-8 encoded, ignoring assignment: ${text.replace(/[\udc80-\udcff]/g, '\ufffd')}`);
      return true;
    }
    if (text.startsWith('[')) return this.#header(text, line);
    if (this.#section === null) {
      if (!this.#sectionIgnored) this.#warn(line, 'Assignment outside of section. Ignoring.');
      return true;
    }
    const equals = text.indexOf('=');
    if (equals < 0) this.#warn(line, "Missing '=', ignoring line.");
    else if (equals === 0) this.#warn(line, "Missing key name before '=', ignoring line.");
    else {
      const key = text.slice(0, equals).trimEnd();
      this.items.push({
        is: 'assignment',
        section: this.#section,
        key,
        value: text.slice(equals + 1).trimStart(),
        line,
      });
    }
    return true;
  }

  #header(text: string, line: number): boolean {
    const name = text.slice(1, -1);
    if (!text.endsWith(']') || /[\p{Cc}"'\\]/u.test(name)) {
      const what = text.endsWith(']') ? 'Bad characters in section header' : 'Invalid section header';
      this.#warn(line, `${what} '${text}'`);
      return false;
    }
    const known = this.#known.has(name);
    if (!known && !name.startsWith('X-')) this.#warn(line, `Unknown section '${name}'. Ignoring.`);
    this.#section = known ? name : null;
    this.#sectionIgnored = !known;
    return true;
  }

  #warn(line: number, text: string): void {
    this.items.push({ is: 'warning', line, text });
  }
}
