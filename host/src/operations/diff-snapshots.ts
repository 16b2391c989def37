/**
 * Compares two snapshots. A snapshot's newest files may be in its memory alone, so each is asked as it goes on: a fork
 * of it that nobody else gets to looks around, and is taken back.
 */
import { BhattiError } from '@bhatti/wire/errors.ts';
import { STDOUT } from '@bhatti/wire/messages.ts';
import { type SurveyedFile, type SurveyedPort, type SurveyedProcess, surveyLine } from '@bhatti/wire/survey.ts';
import { installedPackages } from '../core/dpkg-status.ts';
import { JsonLines } from '../core/json-lines.ts';
import { referenceOf, type Snapshot } from '../core/snapshot.ts';
import { diffOf, type Survey, type SurveyDiff } from '../core/survey.ts';
import type { Progress } from '../ports/engine.ts';
import type { Context } from './context.ts';
import { borrowFork } from './make-forks.ts';
import { openStream, reply } from './reach.ts';
import { complaintOf, LOHAR, runAsRoot } from './run-as-root.ts';
import { findSnapshot } from './snapshots.ts';

/** More files than a desktop with all its packages has, several times over. */
const LINES_MAX = 1_000_000;
/** Of uname(2)'s machines: dpkg-architecture(1). */
const DEBIAN_NAMES: Readonly<Record<string, string>> = { x86_64: 'amd64', aarch64: 'arm64' };
const DPKG_STATUS = '/var/lib/dpkg/status';
const DPKG_STATUS_SIZE_MAX = 64 * 1024 * 1024;

/** What is other in the second than in the first. @throws BhattiError snapshot.not-found | saved.* | snapshot.unclear ... */
export async function diffSnapshots(
  context: Context,
  references: readonly [string, string],
  progress: Progress,
  signal: AbortSignal,
): Promise<SurveyDiff> {
  const [before, after] = [await findSnapshot(context, references[0]), await findSnapshot(context, references[1])];
  const first = await surveySnapshot(context, before, progress, signal);
  const second = before.id === after.id ? first : await surveySnapshot(context, after, progress, signal);
  return diffOf(first, second);
}

async function surveySnapshot(
  context: Context,
  snapshot: Snapshot,
  progress: Progress,
  signal: AbortSignal,
): Promise<Survey> {
  const { id, shape, sandboxName } = snapshot;
  return context.turns.take(id, 'compared', signal, () => {
    const fromMs = context.clock.nowMs();
    return borrowFork(
      context,
      { name: sandboxName, shape },
      (specs) => context.engine.forkSnapshot(id, specs, progress, signal),
      async (fork) => {
        progress.step(`looking at ${referenceOf(snapshot)}`);
        const packages = await packagesOf(context, fork.id, signal);
        const found = await lookAround(context, fork.id, referenceOf(snapshot), signal);
        return { ...found, packages, fromMs, toMs: context.clock.nowMs() };
      },
      signal,
    );
  });
}

async function lookAround(
  context: Context,
  id: string,
  snapshot: string,
  signal: AbortSignal,
): Promise<Pick<Survey, 'files' | 'processes' | 'ports'>> {
  const program = await runAsRoot(context, id, [LOHAR, 'survey'], { stdin: false, signal });
  const files = new Map<string, SurveyedFile>();
  const processes: SurveyedProcess[] = [];
  const ports: SurveyedPort[] = [];
  const lines = new JsonLines();
  const decoder = new TextDecoder();
  for await (const bytes of program.stdout)
    for (const line of lines.feed(decoder.decode(bytes, { stream: true }))) {
      const found = surveyLine(line, 'survey');
      if (found.is === 'file') files.set(found.path, found);
      else if (found.is === 'process') processes.push(found);
      else ports.push(found);
      if (files.size + processes.length + ports.length > LINES_MAX) {
        program.close();
        throw unclear(snapshot, `it holds more than ${LINES_MAX} things`, 'compare parts of it by hand in forks of it');
      }
    }
  const exit = await program.exit;
  if (exit !== undefined && 'code' in exit && exit.code === 0) return { files, processes, ports };
  throw unclear(snapshot, await complaintOf(program), 'take a snapshot anew: this one has a lohar of an older bhatti');
}

/** None where there is no dpkg. */
async function packagesOf(context: Context, id: string, signal: AbortSignal): Promise<Survey['packages']> {
  const agent = await context.engine.agent(id);
  const request = { op: 'file.read', path: DPKG_STATUS, offset: 0, limit: DPKG_STATUS_SIZE_MAX } as const;
  const stream = openStream(agent, request, signal);
  try {
    await reply(stream.messages[Symbol.asyncIterator](), 'stat');
    const decoder = new TextDecoder();
    let status = '';
    for await (const bytes of stream.channel(STDOUT)) status += decoder.decode(bytes, { stream: true });
    return installedPackages(status, DEBIAN_NAMES[agent.hello.arch] ?? agent.hello.arch);
  } catch (error) {
    if (error instanceof BhattiError && error.code === 'file.not-found') return {};
    throw error;
  } finally {
    stream.close();
  }
}

function unclear(snapshot: string, why: string, remedy: string): BhattiError {
  return new BhattiError('snapshot.unclear', `cannot compare ${snapshot}: ${why}`, { remedy });
}
