/** Stands in for node:crypto. */
import { own } from '../own.ts';
import { OwnBuffer } from './buffer.ts';

export const randomBytes = (size: number): OwnBuffer => OwnBuffer.from(own().sys.random(size));
