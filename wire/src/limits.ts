/** Every bound of the protocol. Both sides enforce all of them: the peer may be hostile. */

/** Bytes before a frame's payload: u32 payload size, u8 kind, u32 stream; big endian. */
export const HEADER_SIZE = 9;
/** Bytes after it: one zero, so that a frame cut short can never be completed by the bytes of a BREAK. */
export const TRAILER_SIZE = 1;
/** Bytes one DATA frame carries at most. */
export const DATA_SIZE_MAX = 64 * 1024;
/** Longest JSON payload (OPEN, MESSAGE, CLOSE, HELLO), in bytes. */
export const JSON_SIZE_MAX = 256 * 1024;
/** Longest payload of any frame. */
export const PAYLOAD_SIZE_MAX = JSON_SIZE_MAX;
/** Bytes a sender may have under way on one channel before the receiver grants more. */
export const WINDOW = 256 * 1024;
/** Streams open at once on a link. */
export const STREAMS_MAX = 256;
/** A BREAK is at least so many bytes BREAK_BYTE in a row; no frame holds that many, so it means "start afresh". */
export const BREAK_SIZE = 1024;
export const BREAK_BYTE = 0xba;
/** Messages a stream may queue before its owner takes them. */
export const MESSAGES_MAX = 64;
