import { eachSandbox } from './each-sandbox.ts';

export const define = eachSandbox('resume', 'resumed');
