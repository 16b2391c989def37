/** The answer to a case in blocks: a command or a question of lib.sh, and what it showed. */
import { normalise } from './normalise.ts';

export interface Block {
  /** '$ command', '= question', or '' for what precedes the first. */
  readonly head: string;
  /** Normalised lines below the head. */
  readonly body: string;
  /** Milliseconds that each timed command took. */
  readonly took: readonly number[];
}

/** @returns the blocks of one case's answer, with the head in them once */
export function blocksOf(answer: string): Block[] {
  const parts = answer.split(/^(?=[$=] )/m).filter((part) => part !== '');
  return parts.map((part) => {
    const titled = /^[$=] /.test(part);
    const end = titled ? part.indexOf('\n') : 0;
    const head = titled ? part.slice(0, end < 0 ? part.length : end) : '';
    const took = [...part.matchAll(/took (\d+)ms/g)].map((match) => Number(match[1]));
    return { head: normalise(head), body: normalise(titled ? part.slice(head.length + 1) : part), took };
  });
}

/** What the recording machine took longer for, or less, without telling anything. */
const SLACK_MS = 2500;

export interface Difference {
  readonly head: string;
  readonly expected: string;
  readonly actual: string;
}

/** @returns the blocks that are not the same; a case that stopped early misses all that follow */
export function differences(expected: readonly Block[], actual: readonly Block[]): Difference[] {
  const found: Difference[] = [];
  for (let i = 0; i < Math.max(expected.length, actual.length); i++) {
    const [want, got] = [expected[i], actual[i]];
    if (want !== undefined && got !== undefined && want.head === got.head && sameBody(want, got)) continue;
    const shown = (block: Block | undefined) => (block ? `${block.head}\n${block.body}${tookLine(block)}` : 'nothing');
    found.push({ head: want?.head ?? got?.head ?? '', expected: shown(want), actual: shown(got) });
  }
  return found;
}

const tookLine = (block: Block): string => (block.took.length > 0 ? `T: ${block.took.join(' ')} ms\n` : '');

function sameBody(a: Block, b: Block): boolean {
  return a.body === b.body && a.took.every((ms, index) => Math.abs(ms - (b.took[index] ?? ms)) < SLACK_MS);
}

export const shown = ({ head, expected, actual }: Difference): string =>
  `${head}\n--- systemd\n${expected}\n--- lohar\n${actual}`;
