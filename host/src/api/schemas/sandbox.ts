import { z } from '@hono/zod-openapi';

const Pairs = z.record(z.string(), z.string());

export const SandboxState = z.enum([
  'creating',
  'starting',
  'running',
  'warm',
  'cold',
  'stopping',
  'stopped',
  'crashed',
  'destroying',
]);

export const SandboxSummary = z
  .strictObject({
    id: z.string().openapi({ example: '9f86d081884c7d65' }),
    name: z.string().openapi({ example: 'dev' }),
    state: SandboxState,
    reason: z.string().optional().openapi({ description: 'Why it is in this state', example: 'guest powered off' }),
    image: z.string().openapi({ example: 'minimal' }),
    cpus: z.int(),
    memoryMib: z.int(),
    diskMib: z.int(),
    labels: Pairs,
    createdAt: z.iso.datetime(),
    changedAt: z.iso.datetime(),
  })
  .openapi('SandboxSummary');

const Step = z.strictObject({
  name: z.string(),
  ok: z.boolean(),
  ms: z.number(),
  error: z.string().optional(),
});

/** How the last boot or fork went, as the engine reports it. */
const Report = z
  .strictObject({
    from: z.enum(['pool', 'template', 'fork', 'cold']),
    accelerator: z.enum(['kvm', 'hvf', 'tcg']),
    lohar: z.string(),
    arch: z.string(),
    clockSource: z.string(),
    steps: z.array(Step).openapi({ description: 'What was done to make the guest a sandbox of its own' }),
    timings: z.record(z.string(), z.number()).openapi({ description: 'Stage to milliseconds' }),
  })
  .openapi('BootReport');

const Wake = z
  .strictObject({
    from: z.enum(['warm', 'cold']),
    at: z.iso.datetime(),
    sleptMs: z.number(),
    steps: z.array(Step).openapi({ description: 'What was done to make the guest right after it stood still' }),
    timings: z.record(z.string(), z.number()).openapi({ description: 'Stage to milliseconds' }),
  })
  .openapi('WakeReport');

const Idle = z.union([z.int(), z.literal('never')]);

const thermal = {
  keepHot: z.boolean().openapi({ description: 'Never set aside' }),
  idleWarmMs: Idle.openapi({ description: 'How long nothing happens before its processors are stopped' }),
  idleColdMs: Idle.openapi({ description: 'How long it is warm before it is saved to disk' }),
  wakeForTimers: z.boolean().openapi({ description: 'Woken when a timer unit in it comes due' }),
};

const Thermal = z
  .strictObject({
    ...thermal,
    quietMs: z.int().optional().openapi({ description: 'How long nothing was asked of it' }),
    hotBecause: z.string().optional().openapi({ description: 'Why it is not set aside' }),
    timerDueAt: z.iso.datetime().optional().openapi({ description: 'When the next timer unit in it comes due' }),
  })
  .openapi('Thermal');

const ThermalChange = z
  .strictObject({
    keepHot: thermal.keepHot.nullable().optional(),
    idleWarmMs: thermal.idleWarmMs.nullable().optional(),
    idleColdMs: thermal.idleColdMs.nullable().optional(),
    wakeForTimers: thermal.wakeForTimers.nullable().optional(),
  })
  .openapi('ThermalChange', { description: "Null: as the daemon's settings say" });

export const SandboxDetail = SandboxSummary.extend({
  env: Pairs,
  init: z.string().optional(),
  thermal: Thermal,
  pid: z.int().optional().openapi({ description: "QEMU's process on the host" }),
  trouble: z.string().optional().openapi({ description: 'What is wrong with PID 1 of the guest' }),
  report: Report.optional(),
  wake: Wake.optional().openapi({ description: 'How it was woken last' }),
  console: z.array(z.string()).optional().openapi({ description: 'Last lines of a sandbox that ended by itself' }),
}).openapi('Sandbox');

export const CreateBody = z
  .strictObject({
    name: z.string().max(1024).optional().openapi({ description: 'A DNS label; made up when absent', example: 'dev' }),
    image: z.string().max(1024).optional().openapi({ description: 'Defaults to minimal', example: 'minimal' }),
    cpus: z.number().optional(),
    memoryMib: z.number().optional(),
    diskMib: z.number().optional(),
    env: Pairs.optional(),
    labels: Pairs.optional(),
    init: z
      .string()
      .max(64 * 1024)
      .optional()
      .openapi({ description: 'Shell script that runs as the session init after each boot' }),
    files: z
      .array(
        z.strictObject({
          path: z.string().openapi({ example: '/workspace/notes.txt' }),
          content: z.base64(),
          mode: z.int().min(0).max(0o7777).optional(),
        }),
      )
      .max(256)
      .optional(),
    thermal: ThermalChange.optional(),
    cold: z.boolean().optional().openapi({ description: 'Boot from power-on although a template could be forked' }),
  })
  .openapi('CreateSandbox');

export const ChangeBody = z
  .strictObject({
    name: z.string().max(1024).optional(),
    labels: z.record(z.string(), z.string().nullable()).optional().openapi({ description: 'Null takes a label away' }),
    thermal: ThermalChange.optional(),
  })
  .openapi('ChangeSandbox');

export const StopBody = z
  .strictObject({
    poweroff: z.boolean().optional().openapi({ description: 'Let it power itself off, and keep its disk alone' }),
    timeoutMs: z.int().min(0).max(600_000).optional().openapi({ description: 'With poweroff: killed after that' }),
    force: z.boolean().optional().openapi({ description: 'Kill it, and keep its disk alone' }),
  })
  .openapi('StopSandbox');

export const StartBody = z
  .strictObject({
    coldBoot: z
      .boolean()
      .optional()
      .openapi({ description: 'Boot the disk of one that was saved, and give up its memory' }),
    verify: z
      .boolean()
      .optional()
      .openapi({ description: 'Compare all of a saved memory with its checksums before anything goes on from it' }),
  })
  .openapi('StartSandbox');
