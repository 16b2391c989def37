/// <reference path="./native.d.ts" />
/** The JavaScript heap, for programs: only the runtime itself imports `native`. */
export { collectGarbage, heapSize } from 'native';
