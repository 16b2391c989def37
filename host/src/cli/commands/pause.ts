import { eachSandbox } from './each-sandbox.ts';

export const define = eachSandbox('pause', 'paused');
