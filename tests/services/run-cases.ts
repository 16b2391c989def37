/** Runs cases in machines with lohar: each machine takes the next case when it is done with one. */
import { bootMachine, type Machine } from './machine.ts';

const PLACE = '/suite';

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
      for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
        const answer = await runCase(machine, name);
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
    for (const name of doubtful.splice(0)) onAnswer(name, await runCase(last, name), true);
    await last.close();
  }
  const failed = ends.find((end) => end.status === 'rejected');
  for (const name of [...queue, ...doubtful])
    onAnswer(name, { error: new Error('no machine was left to run it', { cause: failed?.reason }) }, false);
}

async function runCase(machine: Machine, name: string): Promise<Answer> {
  try {
    const driver = `${PLACE}/guest/driver.sh ${PLACE}/cases ${PLACE}/answers ${name}`;
    const { output } = await machine.run(`bash ${driver} >/dev/null 2>&1; cat ${PLACE}/answers/${name}.txt`);
    return { output };
  } catch (error) {
    return { error: error as Error };
  }
}
