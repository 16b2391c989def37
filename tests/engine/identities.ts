/** What must be another in every sandbox that comes from one template. */
import assert from 'node:assert/strict';

const CLOCK_TOLERANCE_MS = 50;
const SCRIPT = `date +%s%3N; head -c 16 /dev/urandom | od -An -tx1
cat /proc/sys/kernel/random/uuid /etc/machine-id /sys/class/net/eth0/address; hostname`;
const KINDS = ['random', 'uuid', 'machineId', 'mac', 'hostname'] as const;

export class Identities {
  readonly #seen = KINDS.map(() => new Set<string>());
  #asked = 0;

  /** Asks one more sandbox, whose clock must be right. @param run a script of root's in it */
  async add(id: string, run: (script: string) => Promise<string>): Promise<void> {
    const from = Date.now();
    const [now, ...found] = (await run(SCRIPT)).split('\n');
    const late = Math.max(from - Number(now), Number(now) - Date.now());
    assert.ok(late <= CLOCK_TOLERANCE_MS, `the clock of ${id} is ${late} ms off`);
    assert.equal(found.length, KINDS.length);
    for (const [index, value] of found.entries()) this.#seen[index]?.add(value);
    this.#asked += 1;
  }

  /** @param hostnames of all that were asked, in order */
  allDiffer(hostnames: readonly string[]): void {
    const counts = this.#seen.map((values, index) => [KINDS[index], values.size]);
    assert.deepEqual(
      counts,
      KINDS.map((kind) => [kind, this.#asked]),
    );
    assert.deepEqual([...(this.#seen.at(-1) ?? [])], hostnames);
  }
}
