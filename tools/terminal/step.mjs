// Shows what goes on: on a terminal one line that is redrawn with the elapsed time, elsewhere plain lines.
// Plain JavaScript, because the machine's own Node (20 or newer) runs it before Node 24 is installed.

const REDRAW_MS = 200;
const PLAIN_EVERY_MS = 30_000;
const NOTE_LENGTH_MAX = 60;

/**
 * @param {number} ms
 * @returns {string} '0.4 s', '12 s', '2 min 05 s'
 */
export function duration(ms) {
  if (ms < 9_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}

/**
 * Where and how lines are shown: a stream, and whether a line can be redrawn there.
 * @typedef {{ write(text: string): unknown, isTTY?: boolean | undefined, columns?: number | undefined }} Screen
 */

/**
 * The lines of the steps that go on, by screen: where a line is redrawn, those at once share it.
 * @type {WeakMap<Screen, Set<() => string>>}
 */
const going = new WeakMap();

/** @param {Screen} screen */
function redraw(screen) {
  const line = [...(going.get(screen) ?? [])].map((text) => text()).join('  ');
  screen.write(`\r\x1b[2K${line.slice(0, (screen.columns ?? 80) - 1)}`);
}

/**
 * Runs `work` under a label. `note` tells what it is doing now (its last word is shown beside the label).
 * @template T
 * @param {string} label what is done: 'npm packages'
 * @param {(note: (text: string) => void) => Promise<T>} work
 * @param {{ screen?: Screen, result?: (value: T) => string }} [options] `result` is shown behind the label when it is done
 * @returns {Promise<T>} what `work` gave; its error is passed on after the line was closed
 */
export async function step(label, work, { screen = process.stdout, result } = {}) {
  const from = performance.now();
  const elapsed = () => duration(performance.now() - from);
  let now = '';
  const redrawn = screen.isTTY === true;
  const text = () => `… ${label}${now && `: ${now}`} (${elapsed()})`;
  const shown = going.get(screen) ?? new Set();
  going.set(screen, shown.add(text));
  const draw = () => redraw(screen);
  const tell = () => screen.write(`${text()}\n`);
  if (redrawn) draw();
  else screen.write(`… ${label}\n`);
  const timer = setInterval(redrawn ? draw : tell, redrawn ? REDRAW_MS : PLAIN_EVERY_MS);
  const close = (/** @type {string} */ line) => {
    clearInterval(timer);
    shown.delete(text);
    screen.write(`${redrawn ? '\r\x1b[2K' : ''}${line} (${elapsed()})\n`);
    if (redrawn && shown.size > 0) draw();
  };
  try {
    const value = await work((text) => {
      now = text.trim().slice(0, NOTE_LENGTH_MAX);
    });
    close(`✓ ${label}${result ? `: ${result(value)}` : ''}`);
    return value;
  } catch (error) {
    close(`✗ ${label}`);
    throw error;
  }
}
