/** Comparisons that conditions make. Facts: systemd.unit(5); systemd-analyze(1), "compare-versions". */

export function compareNumbers(operator: string, a: number, b: number): boolean {
  return decide(operator, Math.sign(a - b));
}

/** Version strings: runs of digits count as numbers, `~` comes before everything. */
export function compareVersions(operator: string, a: string, b: string): boolean {
  return decide(operator, versionOrder(a, b));
}

function decide(operator: string, order: number): boolean {
  switch (operator) {
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
    case '!=':
    case '<>':
      return order !== 0;
    default:
      return order === 0;
  }
}

function versionOrder(a: string, b: string): number {
  const left = a.match(/~|\d+|[A-Za-z]+/g) ?? [];
  const right = b.match(/~|\d+|[A-Za-z]+/g) ?? [];
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const order = partOrder(left[at], right[at]);
    if (order !== 0) return order;
  }
  return 0;
}

function partOrder(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0;
  if (a === '~' || b === '~') return a === '~' ? -1 : 1;
  if (a === undefined || b === undefined) return a === undefined ? -1 : 1;
  const numbers = /^\d/.test(a) && /^\d/.test(b);
  if (numbers) return Math.sign(Number(a) - Number(b));
  return a < b ? -1 : 1;
}

/** Shell pattern: `*`, `?`, `[...]`; a slash is a character like any other. */
export function globMatches(pattern: string, text: string): boolean {
  return globExpression(pattern).test(text);
}

/** Patterns longer than this match nothing. */
const PATTERN_SIZE_MAX = 1024;

/** Runs of stars are one: no pattern takes more than quadratic time for each. */
export function globExpression(pattern: string): RegExp {
  if (pattern.length > PATTERN_SIZE_MAX) return /(?!)/;
  const source = pattern.replace(/\*+|\?|\[[!^]?\]?[^\]]*\]|\\.|[\s\S]/g, (piece) => {
    if (piece.startsWith('*')) return '[\\s\\S]*';
    if (piece === '?') return '[\\s\\S]';
    if (piece.length > 2 && piece.startsWith('[')) return classExpression(piece);
    const plain = piece.length === 2 && piece.startsWith('\\') ? piece.slice(1) : piece;
    return plain.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  });
  return new RegExp(`^${source}$`);
}

/** Patterns for names of units, in which a backslash is a character like any other. */
export function nameExpression(pattern: string): RegExp {
  return globExpression(pattern.replaceAll('\\', '\\\\'));
}

function classExpression(piece: string): string {
  const negated = piece[1] === '!' || piece[1] === '^';
  const inside = piece.slice(negated ? 2 : 1, -1).replace(/[\\\]^]/g, '\\$&');
  return `[${negated ? '^' : ''}${inside}]`;
}
