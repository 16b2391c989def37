/** What the daemon knows, in the shapes that the API's schemas describe. */
import type { Exit, SessionInfo } from '@bhatti/wire/messages.ts';
import type { z } from 'zod';
import type { ListedSandbox, Sandbox } from '../core/sandbox.ts';
import type { Snapshot } from '../core/snapshot.ts';
import type { SurveyDiff } from '../core/survey.ts';
import type { Inspection } from '../operations/inspect.ts';
import type { VmReport, WakeReport } from '../ports/engine.ts';
import type { Exit as ExitSchema, SessionReply } from './schemas/exec.ts';
import type { SandboxDetail, SandboxSummary } from './schemas/sandbox.ts';
import type { DiffReply, SnapshotReply } from './schemas/snapshot.ts';

const iso = (ms: number): string => new Date(ms).toISOString();

type Summary = z.infer<typeof SandboxSummary>;
/** A list is asked for again and again, mostly with what was in it before: the store gives the same objects. */
const summaries = new WeakMap<ListedSandbox, Summary>();

export function summary(sandbox: ListedSandbox): Summary {
  const known = summaries.get(sandbox);
  if (known !== undefined) return known;
  const made = summarize(sandbox);
  summaries.set(sandbox, made);
  return made;
}

function summarize(sandbox: ListedSandbox): Summary {
  return {
    id: sandbox.id,
    name: sandbox.name,
    state: sandbox.state,
    ...(sandbox.reason === undefined ? {} : { reason: sandbox.reason }),
    image: sandbox.image,
    cpus: sandbox.cpus,
    memoryMib: sandbox.memoryMib,
    diskMib: sandbox.diskMib,
    labels: { ...sandbox.labels },
    createdAt: iso(sandbox.createdMs),
    changedAt: iso(sandbox.changedMs),
  };
}

function boot(report: VmReport): NonNullable<z.infer<typeof SandboxDetail>['report']> {
  const { hello } = report;
  return {
    from: report.from,
    accelerator: report.accelerator,
    lohar: hello.lohar,
    arch: hello.arch,
    clockSource: hello.clockSource,
    steps: [...hello.report, ...report.prepared].map((step) => ({ ...step })),
    timings: { ...report.timings },
  };
}

function wakeView({ from, atMs, sleptMs, steps, timings }: WakeReport): z.infer<typeof SandboxDetail>['wake'] {
  return { from, at: iso(atMs), sleptMs, steps: steps.map((step) => ({ ...step })), timings: { ...timings } };
}

function thermalView(
  { dueMs }: Sandbox,
  { thermal, quietMs, hotBecause }: Pick<Inspection, 'thermal' | 'quietMs' | 'hotBecause'>,
): z.infer<typeof SandboxDetail>['thermal'] {
  return {
    ...thermal,
    ...(quietMs === undefined ? {} : { quietMs }),
    ...(hotBecause === undefined ? {} : { hotBecause }),
    ...(dueMs === undefined ? {} : { timerDueAt: iso(dueMs) }),
  };
}

export function detail({ sandbox, pid, trouble, console, ...also }: Inspection): z.infer<typeof SandboxDetail> {
  return {
    ...summary(sandbox),
    env: { ...sandbox.env },
    ...(sandbox.init === undefined ? {} : { init: sandbox.init }),
    thermal: thermalView(sandbox, also),
    ...(pid === undefined ? {} : { pid }),
    ...(trouble === undefined ? {} : { trouble }),
    ...(sandbox.report === undefined ? {} : { report: boot(sandbox.report) }),
    ...(sandbox.wake === undefined ? {} : { wake: wakeView(sandbox.wake) }),
    ...(console === undefined ? {} : { console: [...console] }),
  };
}

export function snapshotView(snapshot: Snapshot): z.infer<typeof SnapshotReply> {
  const { id, name, sandboxId, sandboxName, shape, diskBytes, pausedMs, createdMs } = snapshot;
  const { image, cpus, memoryMib } = shape;
  const of = { sandbox: sandboxName, sandboxId, image, cpus, memoryMib };
  return { id, name, ...of, diskBytes, pausedMs, createdAt: iso(createdMs) };
}

export function diffView({ files, packages, processes, ports }: SurveyDiff): z.infer<typeof DiffReply> {
  return { files: [...files], packages: [...packages], processes: [...processes], ports: [...ports] };
}

export function exitView(exit: Exit): z.infer<typeof ExitSchema> {
  return { ...exit };
}

export function session(info: SessionInfo): z.infer<typeof SessionReply> {
  return {
    id: info.id,
    argv: [...info.argv],
    pid: info.pid,
    user: info.user,
    tty: info.tty,
    attached: info.attached,
    startedAt: iso(info.startedMs),
    ...(info.exit === undefined ? {} : { exit: exitView(info.exit) }),
  };
}
