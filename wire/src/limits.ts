/** Every bound of the protocol. Both sides enforce all of them: the peer may be hostile. */

/** Bytes before a frame's payload: u32 payload size, u8 kind, u32 stream; big endian. */
export const HEADER_SIZE = 9;
/** Bytes after it: one zero, so that a frame cut short can never be completed by the bytes of a BREAK. */
export const TRAILER_SIZE = 1;
/** Bytes one DATA frame carries at most: with it the frame fills whole writes of a virtio-serial port (32 KiB each). */
export const DATA_SIZE_MAX = 256 * 1024 - HEADER_SIZE - 1 - TRAILER_SIZE;
/** Longest JSON payload (OPEN, MESSAGE, CLOSE, HELLO), in bytes. */
export const JSON_SIZE_MAX = 256 * 1024;
/** Longest payload of any frame. */
export const PAYLOAD_SIZE_MAX = JSON_SIZE_MAX;
/** Bytes that may be under way on one channel before the receiver gives credit: to the host ... */
export const WINDOW_TO_HOST = 1024 * 1024;
/** ... and to the guest, whose memory all streams share, before it widens the window of a channel whose reader keeps up. */
export const WINDOW_TO_GUEST = 64 * 1024;
/** Credit that a sender may have at most: to the guest ... */
export const WINDOW_TO_GUEST_MAX = 1024 * 1024;
/** ... and to the host: whoever reads a long file allows it, since each CREDIT costs the guest more than a frame. */
export const WINDOW_TO_HOST_MAX = 16 * 1024 * 1024;
/** Streams open at once on a link. */
export const STREAMS_MAX = 256;
/** A BREAK is at least so many bytes BREAK_BYTE in a row; no frame holds that many, so it means "start afresh". */
export const BREAK_SIZE = 4096;
export const BREAK_BYTE = 0xba;
/** Messages a stream may queue before its owner takes them. */
export const MESSAGES_MAX = 64;
