/// <reference path="./native.d.ts" />
/** The JavaScript heap, for programs: only the runtime itself imports `native`. */
import { heapSize, setHeapLimit } from 'native';

export { collectGarbage, dropProgram, heapSize } from 'native';

/** From now on allocations fail when the JavaScript heap has grown by so many bytes. */
export const limitGrowth = (bytes: number): void => setHeapLimit(heapSize() + bytes);
