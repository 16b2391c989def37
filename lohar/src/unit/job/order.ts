/** Ordering cycles in a transaction: found by a walk along "runs before", broken where nothing that matters is lost. */
import type { Unit } from '../graph/unit.ts';
import type { JobType, Priority } from '../model.ts';
import { runsFirst } from './job-type.ts';
import type { Planned, PlannedJobs } from './planned.ts';

type Log = (unit: Unit, priority: Priority, text: string) => void;

/** A job of the plan, or one that is queued already. */
interface Node {
  readonly unit: Unit;
  readonly type: JobType;
  readonly ignoreOrder: boolean;
  /** null: queued already. */
  readonly planned: Planned | null;
}

/** Looks for one cycle and removes a unit of it from the plan. */
export function breakCycle(jobs: PlannedJobs, log: Log): 'none' | 'broken' | 'unbreakable' {
  const done = new Set<Unit>();
  for (const start of jobs.units()) {
    if (done.has(start)) continue;
    const cycle = findCycle(start, jobs, done);
    if (cycle !== null) return resolve(cycle, jobs, log);
  }
  return 'none';
}

function nodeOf(unit: Unit, jobs: PlannedJobs): Node | null {
  const planned = jobs.of(unit)[0];
  if (planned !== undefined) return { unit, type: planned.type, ignoreOrder: planned.ignoreOrder, planned };
  if (unit.job === null) return null;
  return { unit, type: unit.job.type, ignoreOrder: unit.job.ignoreOrder, planned: null };
}

/** What must come after this job, as far as jobs go. */
function* successors(node: Node, jobs: PlannedJobs): IterableIterator<Node> {
  for (const relation of ['Before', 'After'] as const)
    for (const unit of node.unit.related([relation])) {
      const other = nodeOf(unit, jobs);
      if (other === null || node.ignoreOrder || other.ignoreOrder) continue;
      if (runsFirst(node.type, other.type, relation) === 'a') yield other;
    }
}

/** Depth first, without recursion. @returns the jobs of a cycle, from its end back to its beginning */
function findCycle(start: Unit, jobs: PlannedJobs, done: Set<Unit>): Node[] | null {
  const first = nodeOf(start, jobs);
  if (first === null) return null;
  const path: { node: Node; next: Iterator<Node> }[] = [{ node: first, next: successors(first, jobs) }];
  const onPath = new Set<Unit>([start]);
  for (let at = path.at(-1); at !== undefined; at = path.at(-1)) {
    const { value, done: exhausted } = at.next.next();
    if (exhausted === true) {
      done.add(at.node.unit);
      onPath.delete(at.node.unit);
      path.pop();
    } else if (onPath.has(value.unit)) {
      const nodes = path.map((step) => step.node);
      return nodes.slice(nodes.findIndex((node) => node.unit === value.unit)).reverse();
    } else if (!done.has(value.unit)) {
      onPath.add(value.unit);
      path.push({ node: value, next: successors(value, jobs) });
    }
  }
  return null;
}

function resolve(cycle: readonly Node[], jobs: PlannedJobs, log: Log): 'broken' | 'unbreakable' {
  const start = cycle.at(-1);
  if (start === undefined) return 'unbreakable';
  const say = (priority: Priority, text: string): void => log(start.unit, priority, `${start.unit.id}: ${text}`);
  for (const [index, { unit, type }] of cycle.entries())
    say(4, `Found ${index === 0 ? 'ordering cycle' : 'dependency'} on ${unit.id}/${type}`);
  const victim = cycle.find((node) => node.planned !== null && jobs.of(node.unit).every((job) => !job.matters));
  const name = `${start.unit.id}/${start.type}`;
  if (victim === undefined) {
    say(3, `Unable to break cycle starting with ${name}`);
    return 'unbreakable';
  }
  say(3, `Job ${victim.unit.id}/${victim.type} deleted to break ordering cycle starting with ${name}`);
  for (const job of jobs.of(victim.unit)) jobs.remove(job, true);
  return 'broken';
}
