/** The jobs of a transaction under construction and who pulled in whom. */
import type { Unit } from '../graph/unit.ts';
import type { JobType } from '../model.ts';

export interface Link {
  readonly subject: Planned;
  readonly object: Planned;
  /** Without the object, the subject makes no sense. */
  readonly matters: boolean;
  readonly conflicts: boolean;
}

export interface Planned {
  readonly unit: Unit;
  type: JobType;
  ignoreOrder: boolean;
  /** Does the wish itself hang on it? */
  matters: boolean;
  pulls: Link[];
  pulledBy: Link[];
}

export class PlannedJobs {
  readonly #byUnit = new Map<Unit, Planned[]>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(unit: Unit, type: JobType): { job: Planned; isNew: boolean } {
    const jobs = this.#byUnit.get(unit) ?? [];
    const same = jobs.find((job) => job.type === type);
    if (same !== undefined) return { job: same, isNew: false };
    const job: Planned = { unit, type, ignoreOrder: false, matters: false, pulls: [], pulledBy: [] };
    jobs.push(job);
    this.#byUnit.set(unit, jobs);
    this.#size++;
    return { job, isNew: true };
  }

  link(subject: Planned, object: Planned, matters: boolean, conflicts: boolean): void {
    const link = { subject, object, matters, conflicts };
    subject.pulls.push(link);
    object.pulledBy.push(link);
  }

  of(unit: Unit): readonly Planned[] {
    return this.#byUnit.get(unit) ?? [];
  }

  units(): Iterable<Unit> {
    return this.#byUnit.keys();
  }

  *all(): IterableIterator<Planned> {
    for (const jobs of this.#byUnit.values()) yield* jobs;
  }

  contains(job: Planned): boolean {
    return this.#byUnit.get(job.unit)?.includes(job) === true;
  }

  /** Takes a job out, and with `dependents` all that make no sense without it. */
  remove(job: Planned, dependents: boolean): void {
    const doomed = [job];
    for (let next = doomed.pop(); next !== undefined; next = doomed.pop()) {
      if (!this.contains(next)) continue;
      if (dependents) doomed.push(...next.pulledBy.filter((link) => link.matters).map((link) => link.subject));
      this.#unlink(next);
    }
  }

  #unlink(job: Planned): void {
    for (const link of job.pulls) link.object.pulledBy = link.object.pulledBy.filter((other) => other !== link);
    for (const link of job.pulledBy) link.subject.pulls = link.subject.pulls.filter((other) => other !== link);
    job.pulls = [];
    job.pulledBy = [];
    const rest = this.of(job.unit).filter((other) => other !== job);
    if (rest.length === 0) this.#byUnit.delete(job.unit);
    else this.#byUnit.set(job.unit, rest);
    this.#size--;
  }

  /** Jobs that nobody pulls in any more go, and what only they pulled in. */
  collectGarbage(anchor: Planned): void {
    for (let again = true; again; ) {
      again = false;
      for (const job of [...this.all()])
        if (job !== anchor && job.pulledBy.length === 0 && this.contains(job)) {
          this.remove(job, true);
          again = true;
        }
    }
  }

  /** Marks what the anchor cannot do without. */
  markMatters(anchor: Planned): void {
    const open = [anchor];
    for (let job = open.pop(); job !== undefined; job = open.pop()) {
      if (job.matters) continue;
      job.matters = true;
      for (const link of job.pulls) if (link.matters) open.push(link.object);
    }
  }

  /** `into` takes over all links of `job`, which goes. */
  absorb(into: Planned, job: Planned): void {
    into.matters ||= job.matters;
    into.ignoreOrder ||= job.ignoreOrder;
    const { pulls, pulledBy } = job;
    this.#unlink(job);
    for (const link of pulls) if (link.object !== into) this.link(into, link.object, link.matters, link.conflicts);
    for (const link of pulledBy) if (link.subject !== into) this.link(link.subject, into, link.matters, link.conflicts);
  }
}
