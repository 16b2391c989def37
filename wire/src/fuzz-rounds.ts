/** Runs a random test: FUZZ_SEED=n replays one round, FUZZ_ROUNDS=n changes how many there are. */
import test from 'node:test';
import { SeededRandom } from './seeded-random.ts';

/** @param rounds how many seeds are tried when FUZZ_ROUNDS is not set */
export function fuzz(name: string, rounds: number, round: (random: SeededRandom) => void): void {
  test(name, (t) => {
    const replay = process.env.FUZZ_SEED;
    const first = replay === undefined ? Math.floor(Math.random() * 0x1_0000_0000) : Number(replay);
    const count = replay === undefined ? Number(process.env.FUZZ_ROUNDS ?? rounds) : 1;
    t.diagnostic(`seeds ${first} to ${first + count - 1}`);
    for (let seed = first; seed < first + count; seed++) {
      try {
        round(new SeededRandom(seed));
      } catch (cause) {
        throw new Error(`fails with FUZZ_SEED=${seed >>> 0}`, { cause });
      }
    }
  });
}
