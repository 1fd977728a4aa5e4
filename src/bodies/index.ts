// What keeps bodies outside of records. A folder is the one place so far.

export { fileName } from './file-name.js'
export { fileSha256, leftBehind, type LeftBehindOptions, type SavedFile } from './left-behind.js'
export { type BodyStoreOptions, openBodyStore } from './store.js'
