import CSQLite

// SQLite's extended result codes (sqlite.org/rescode.html), whose macros Swift does not import.

let SQLITE_IOERR_READ = SQLITE_IOERR | 1 << 8
let SQLITE_IOERR_SHORT_READ = SQLITE_IOERR | 2 << 8
let SQLITE_IOERR_WRITE = SQLITE_IOERR | 3 << 8
let SQLITE_IOERR_FSYNC = SQLITE_IOERR | 4 << 8
let SQLITE_IOERR_TRUNCATE = SQLITE_IOERR | 6 << 8
let SQLITE_IOERR_FSTAT = SQLITE_IOERR | 7 << 8
let SQLITE_IOERR_SHMLOCK = SQLITE_IOERR | 20 << 8
let SQLITE_IOERR_SHMMAP = SQLITE_IOERR | 21 << 8
