import type { Settings } from '../directive/tables.ts';
import { SettingsReader } from '../load/settings-reader.ts';
import { completeService } from './complete-service.ts';
import { parseNotify } from './notify-fields.ts';
import { type Effect, INITIAL, type ServiceEvent, type ServiceState, type Surroundings } from './state.ts';
import { step } from './step.ts';

/** One service in a world where time stands still until it is moved and every question has an answer at once. */
export class World {
  state: ServiceState = INITIAL;
  readonly settings: Settings;
  readonly trace: string[] = [];
  readonly log: string[] = [];
  nowUsec = 1_000_000;
  nextPid = 100;
  populated: boolean | null = true;
  job: Surroundings['job'] = null;
  /** Does anything live that a signal could reach? */
  killable = true;
  pidFile = 0;
  guess = 0;
  spawnError = '';
  execFails = false;
  hasBus = true;

  constructor(body: string) {
    const reader = new SettingsReader('service', (text) => text);
    reader.read('/a.service', `[Service]\n${body}`);
    if (reader.lines.length > 0) throw new Error(`the unit has faults: ${reader.lines.join('; ')}`);
    this.settings = Object.assign(reader.settings, completeService(reader.settings).settings);
  }

  send(event: ServiceEvent): this {
    const around: Surroundings = {
      now: { realtimeUsec: this.nowUsec, monotonicUsec: this.nowUsec },
      job: this.job,
      hasBus: () => this.hasBus,
      populated: () => this.populated,
      alive: () => true,
      isAlien: () => false,
      owner: (pid) => (pid < 1000 ? 'own' : 'none'),
    };
    const [state, effects] = step(this.state, event, this.settings, around);
    this.state = state;
    for (const effect of effects) this.#perform(effect);
    return this;
  }

  #perform(effect: Effect): void {
    switch (effect.do) {
      case 'state':
        this.trace.push(effect.sub);
        break;
      case 'log':
        if (effect.priority < 7) this.log.push(effect.text);
        break;
      case 'spawn':
        if (this.spawnError !== '') this.send({ is: 'spawn-failed', why: this.spawnError });
        else this.send({ is: 'spawned', pid: this.nextPid++, executed: !this.execFails });
        break;
      case 'kill':
        this.trace.push(effect.how);
        this.send({ is: 'killed', wait: this.killable });
        break;
      case 'read-pid-file':
        this.send(this.pidFile === 0 ? { is: 'pid-file-bad' } : { is: 'pid-file', pid: this.pidFile, alien: false });
        break;
      case 'guess-main':
        this.send({ is: 'guessed', pid: this.guess, alien: false });
        break;
      case 'watch-pid-file':
        if (effect.on) this.trace.push('watch');
        break;
      case 'queue-restart':
        this.trace.push('restart!');
        break;
      default:
        break;
    }
  }

  start(): this {
    return this.send({ is: 'start' });
  }
  mainExits(status: number, code: 'exited' | 'killed' | 'dumped' = 'exited'): this {
    this.killable = false;
    return this.send({ is: 'exited', pid: this.state.mainPid, code, status });
  }
  controlExits(status: number): this {
    return this.send({ is: 'exited', pid: this.state.controlPid, code: 'exited', status });
  }
  notify(text: string, pid = this.state.mainPid): this {
    return this.send({ is: 'notified', from: { pid, uid: 0 }, fields: parseNotify(text) });
  }
  get shown(): string {
    return this.trace.join(' ');
  }
  get ends(): string {
    return `${this.state.sub}/${this.state.result}`;
  }
}

export const RUN = 'ExecStart=/bin/x\n';
