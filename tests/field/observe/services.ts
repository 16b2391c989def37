/** Exercises every active service: restart, stop, start, reload, kill -9 of its main process. */
import type { Installed, ServiceExercised } from '../recording.ts';
import { ask, askAll, processesIn, type Run, stateOf, step } from './ask.ts';

const JOURNAL_LINES = 12;
/** Until a service does next to nothing any more, for a while at most: a program that just began takes no reload yet. */
const settle = (unit: string): string =>
  `was=; for i in $(seq 40); do sleep .5; is=$(systemctl show -P CPUUsageNSec '${unit}'); [ "$((is / 20000000))" = "$was" ] && break; was=$((is / 20000000)); done`;
/** Until what begins anew has begun and settled: how long its commands and its own beginning take is the machine's speed. */
const begun = (unit: string): string =>
  `for i in $(seq 120); do case $(systemctl show -P SubState '${unit}') in start*) sleep .5;; running) ${settle(unit)}; break;; *) break;; esac; done`;

export async function exerciseServices(run: Run, installed: Installed): Promise<Record<string, ServiceExercised>> {
  const services: Record<string, ServiceExercised> = {};
  for (const [unit, found] of Object.entries(installed.units)) {
    const shown = found.show_after_connection ?? found.show;
    const id = shown?.Id ?? unit;
    if (!unit.endsWith('.service') || shown?.ActiveState !== 'active' || id in services) continue;
    services[id] = await exercise(run, unit);
  }
  return services;
}

async function exercise(run: Run, unit: string): Promise<ServiceExercised> {
  const [[cgroup = ''] = [], [canReload] = []] = await askAll(run, [
    `systemctl show -P ControlGroup '${unit}'`,
    `systemctl show -P CanReload '${unit}'`,
  ]);
  const did = (verb: string) => step(run, `systemctl ${verb} '${unit}'`);
  const settled = async () => {
    await run(settle(unit));
    return stateOf(run, unit);
  };
  const seen: ServiceExercised = {
    processes: await processesIn(run, cgroup),
    restart: await did('restart'),
    after_restart: await settled(),
    stop: await did('stop'),
    after_stop: await stateOf(run, unit),
    left_in_cgroup: await processesIn(run, cgroup),
    start: await did('start'),
    after_start: await settled(),
  };
  if (canReload === 'yes') {
    seen.reload = await did('reload');
    seen.after_reload = await settled();
  }
  const { MainPID: main = '0' } = seen.after_reload ?? seen.after_start;
  if (main === '0') return seen;
  // Its starts so far do not count: how many of them fall into the interval of its limit depends on the machine's speed.
  await run(`systemctl reset-failed '${unit}'; kill -9 ${main}; sleep 3; ${begun(unit)}`);
  const killed = await stateOf(run, unit);
  seen.after_kill9 = killed;
  seen.new_main_after_kill9 = !['0', main, undefined].includes(killed.MainPID);
  seen.left_after_kill9 = await processesIn(run, cgroup);
  seen.journal = await ask(run, `journalctl -u '${unit}' -o cat -n ${JOURNAL_LINES} --no-pager`);
  await run(`systemctl reset-failed '${unit}'; systemctl start '${unit}'`);
  return seen;
}
