// What archives exchanges as they went over the wire. WARC files are the one kind so far.

export { isPackedName, WarcArchive, type WarcArchiveOptions } from './archive.js'
export { readTail } from './tail.js'
