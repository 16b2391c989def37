/** Shell patterns over names, as fnmatch(3) without flags: `*`, `?`, `[a-z]`, `[!x]`; a dot or slash is a letter like others. */
const CACHE_MAX = 64;
const cache = new Map<string, RegExp>();

function compile(pattern: string): RegExp {
  let source = '';
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i] ?? '';
    const close =
      char === '[' ? pattern.indexOf(']', i + (pattern[i + 1] === '!' || pattern[i + 1] === '^' ? 3 : 2)) : -1;
    if (char === '*') source += '.*';
    else if (char === '?') source += '.';
    else if (close > 0) {
      const inside = pattern.slice(i + 1, close).replace(/[\\\]]/g, '\\$&');
      source += /^[!^]/.test(inside) ? `[^${inside.slice(1)}]` : `[${inside}]`;
      i = close;
    } else source += char.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  }
  try {
    return new RegExp(`^${source}$`, 's');
  } catch {
    // `[z-a]`: matches nothing but itself.
    return new RegExp(`^${pattern.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')}$`, 's');
  }
}

export function globMatches(pattern: string, name: string): boolean {
  let regex = cache.get(pattern);
  if (regex === undefined) {
    if (cache.size >= CACHE_MAX) cache.clear();
    regex = compile(pattern);
    cache.set(pattern, regex);
  }
  return regex.test(name);
}
