/** Runs cases in machines with lohar: each machine takes the next case when it is done with one. */
import { bootMachine, type Machine } from './machine.ts';

const PLACE = '/suite';
/** Cases that a machine takes at once: one command for each would cost it as much as a short case. */
const BATCH = 6;

/** A case that shows the journal of its units must not find what its first try left there. */
const FORGET_JOURNAL = 'journalctl --rotate --vacuum-time=1ms';

/** An answer, or why there is none. */
export type Answer = { readonly output: string } | { readonly error: Error };

export interface Asking {
  readonly machines: number;
  /** Whether an answer is what it should be. */
  isRight(name: string, output: string): boolean;
  /** Called once for each case; `again`: its first answer was not right. */
  onAnswer(name: string, answer: Answer, again: boolean): void;
}

/**
 * Cases wait for deadlines of real time, which programs miss when the host is busy: those whose answer is not right are
 * asked once more, one after the other, when all others are done, and that answer counts.
 */
export async function runCases(names: readonly string[], { machines, isRight, onAnswer }: Asking): Promise<void> {
  const queue = [...names];
  const doubtful: string[] = [];
  const work = async (): Promise<Machine> => {
    const machine = await bootMachine();
    try {
      await machine.upload(import.meta.dirname, ['guest', 'cases'], PLACE);
      while (queue.length > 0)
        for (const [name, answer] of await runBatch(machine, queue.splice(0, BATCH))) {
          if ('output' in answer && isRight(name, answer.output)) onAnswer(name, answer, false);
          else doubtful.push(name);
        }
      return machine;
    } catch (error) {
      await machine.close();
      throw error;
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: machines }, work));
  const [last, ...others] = ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []));
  for (const machine of others) await machine.close();
  if (last !== undefined) {
    for (const doubted of doubtful.splice(0)) {
      await last.run(FORGET_JOURNAL);
      for (const [name, answer] of await runBatch(last, [doubted])) onAnswer(name, answer, true);
    }
    await last.close();
  }
  const failed = ends.find((end) => end.status === 'rejected');
  for (const name of [...queue, ...doubtful])
    onAnswer(name, { error: new Error('no machine was left to run it', { cause: failed?.reason }) }, false);
}

async function runBatch(machine: Machine, names: readonly string[]): Promise<readonly (readonly [string, Answer])[]> {
  try {
    const driver = `${PLACE}/guest/driver.sh ${PLACE}/cases ${PLACE}/answers ${names.join(' ')}`;
    const files = names.map((name) => `${name}.txt`).join(' ');
    const { output } = await machine.run(`bash ${driver} >/dev/null 2>&1; cd ${PLACE}/answers; tail -v -n +1 ${files}`);
    const shown = partsOf(output);
    return names.map((name) => {
      const part = shown.get(`${name}.txt`);
      return [name, part === undefined ? { error: new Error('it gave no answer') } : { output: part }];
    });
  } catch (error) {
    return names.map((name) => [name, { error: error as Error }]);
  }
}

/** What tail(1) with -v shows of several files, by name. */
function partsOf(shown: string): ReadonlyMap<string, string> {
  const [, ...parts] = `\n${shown}`.split(/\n==> (\S+) <==\n/);
  const names = parts.filter((_, index) => index % 2 === 0);
  return new Map(names.map((name, index) => [name, parts[2 * index + 1] ?? '']));
}
