/** Runs cases in machines with lohar: each machine takes the next case when it is done with one. */
import { bootMachine, type Machine } from './machine.ts';

const PLACE = '/suite';

/** An answer, or why there is none. */
export type Answer = { readonly output: string } | { readonly error: Error };

/** @param onAnswer called once for each case */
export async function runCases(
  names: readonly string[],
  machines: number,
  onAnswer: (name: string, answer: Answer) => void,
): Promise<void> {
  const queue = [...names];
  const work = async () => {
    const machine = await bootMachine();
    try {
      await machine.upload(import.meta.dirname, ['guest', 'cases'], PLACE);
      for (let name = queue.shift(); name !== undefined; name = queue.shift())
        onAnswer(name, await runCase(machine, name));
    } finally {
      await machine.close();
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: machines }, work));
  const failed = ends.find((end) => end.status === 'rejected');
  for (const name of queue)
    onAnswer(name, { error: new Error('no machine was left to run it', { cause: failed?.reason }) });
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
