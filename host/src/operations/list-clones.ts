import type { Context } from './context.ts';

/** A clone that waits for the next create. */
export interface WaitingClone {
  /** Its name, or its path when it is no image of the catalog any more. */
  readonly image: string;
  readonly cpus: number;
  readonly memoryMib: number;
  readonly residentMib: number;
}

export async function listClones(context: Context): Promise<WaitingClone[]> {
  const names = new Map((await context.images.list()).map(({ path, name }) => [path, name]));
  return context.engine.pool().map(({ image, cpus, memoryMib, residentMib }) => ({
    image: names.get(image) ?? image,
    ...{ cpus, memoryMib, residentMib },
  }));
}
