#include "CPageVFS.h"

#include <stdlib.h>
#include <string.h>

/// What SQLite allocates for each file: this, and behind it the file of the VFS below.
struct page_file {
    sqlite3_file base;
    const struct page_vfs_calls *calls;
    void *object;
    sqlite3_file *below;
};

/// What hangs on the sqlite3_vfs.
struct page_vfs {
    sqlite3_vfs base;
    sqlite3_vfs *below;
    void *owner;
    const struct page_vfs_calls *calls;
    char name[];
};

#define FILE_OF(file) ((struct page_file *)(file))
#define VFS_OF(vfs) ((struct page_vfs *)(vfs))
#define BELOW(vfs) (VFS_OF(vfs)->below)

// MARK: Files

static int file_close(sqlite3_file *file) {
    struct page_file *page_file = FILE_OF(file);
    page_file->calls->close(page_file->object);
    return page_file->below ? page_file->below->pMethods->xClose(page_file->below) : SQLITE_OK;
}

static int file_read(sqlite3_file *file, void *bytes, int count, sqlite3_int64 offset) {
    return FILE_OF(file)->calls->read(FILE_OF(file)->object, bytes, count, offset);
}

static int file_write(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset) {
    return FILE_OF(file)->calls->write(FILE_OF(file)->object, bytes, count, offset);
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size) {
    return FILE_OF(file)->calls->truncate(FILE_OF(file)->object, size);
}

static int file_sync(sqlite3_file *file, int flags) {
    return FILE_OF(file)->calls->sync(FILE_OF(file)->object, flags);
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size) {
    return FILE_OF(file)->calls->size(FILE_OF(file)->object, size);
}

static int file_lock(sqlite3_file *file, int level) {
    sqlite3_file *below = FILE_OF(file)->below;
    return below ? below->pMethods->xLock(below, level) : SQLITE_OK;
}

static int file_unlock(sqlite3_file *file, int level) {
    sqlite3_file *below = FILE_OF(file)->below;
    return below ? below->pMethods->xUnlock(below, level) : SQLITE_OK;
}

static int file_check_reserved_lock(sqlite3_file *file, int *held) {
    sqlite3_file *below = FILE_OF(file)->below;
    if (below) return below->pMethods->xCheckReservedLock(below, held);
    *held = 0;
    return SQLITE_OK;
}

static int file_control(sqlite3_file *file, int operation, void *argument) {
    struct page_file *page_file = FILE_OF(file);
    int result = page_file->calls->control(page_file->object, operation, argument);
    if (result != SQLITE_NOTFOUND || !page_file->below) return result;
    return page_file->below->pMethods->xFileControl(page_file->below, operation, argument);
}

static int file_sector_size(sqlite3_file *file) {
    sqlite3_file *below = FILE_OF(file)->below;
    return below && below->pMethods->xSectorSize ? below->pMethods->xSectorSize(below) : 4096;
}

/// One write below is not one write above, so nothing is atomic. That a write leaves its neighbours alone is taken for
/// granted, as the VFS of Unix does: without it SQLite repeats frames to fill a sector.
static int file_device_characteristics(sqlite3_file *file) {
    (void)file;
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static int file_map_region(sqlite3_file *file, int region, int size, int extend, void volatile **bytes) {
    return FILE_OF(file)->calls->map_region(FILE_OF(file)->object, region, size, extend, bytes);
}

static int file_lock_region(sqlite3_file *file, int offset, int count, int flags) {
    return FILE_OF(file)->calls->lock_region(FILE_OF(file)->object, offset, count, flags);
}

static void file_barrier(sqlite3_file *file) {
    (void)file;
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

static int file_unmap_regions(sqlite3_file *file, int remove) {
    return FILE_OF(file)->calls->unmap_regions(FILE_OF(file)->object, remove);
}

/// Version 2: with shared memory, without memory mapping.
static const sqlite3_io_methods file_methods = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_check_reserved_lock,
    .xFileControl = file_control,
    .xSectorSize = file_sector_size,
    .xDeviceCharacteristics = file_device_characteristics,
    .xShmMap = file_map_region,
    .xShmLock = file_lock_region,
    .xShmBarrier = file_barrier,
    .xShmUnmap = file_unmap_regions,
};

// MARK: The VFS

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *flags_out) {
    struct page_vfs *page_vfs = VFS_OF(vfs);
    struct page_file *page_file = FILE_OF(file);
    memset(page_file, 0, sizeof *page_file);
    page_file->calls = page_vfs->calls;
    if (name && flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL)) {
        page_file->below = (sqlite3_file *)(page_file + 1);
        page_file->below->pMethods = NULL;
        int result = page_vfs->below->xOpen(page_vfs->below, name, page_file->below, flags, flags_out);
        if (result != SQLITE_OK) {
            // A file that was opened half way has methods, and wants to be closed.
            if (page_file->below->pMethods) page_file->below->pMethods->xClose(page_file->below);
            return result;
        }
    } else if (flags_out) {
        *flags_out = flags;
    }
    int result = page_file->calls->open(page_vfs->owner, name, flags, page_file->below, &page_file->object);
    if (result != SQLITE_OK) {
        if (page_file->below) page_file->below->pMethods->xClose(page_file->below);
        return result;
    }
    page_file->base.pMethods = &file_methods;
    return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *name, int sync_directory) {
    int result = VFS_OF(vfs)->calls->remove(VFS_OF(vfs)->owner, name);
    return result == SQLITE_NOTFOUND ? BELOW(vfs)->xDelete(BELOW(vfs), name, sync_directory) : result;
}

static int vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *answer) {
    int result = VFS_OF(vfs)->calls->exists(VFS_OF(vfs)->owner, name, answer);
    return result == SQLITE_NOTFOUND ? BELOW(vfs)->xAccess(BELOW(vfs), name, flags, answer) : result;
}

static int vfs_full_pathname(sqlite3_vfs *vfs, const char *name, int capacity, char *path) {
    return BELOW(vfs)->xFullPathname(BELOW(vfs), name, capacity, path);
}

static void *vfs_dl_open(sqlite3_vfs *vfs, const char *name) {
    return BELOW(vfs)->xDlOpen(BELOW(vfs), name);
}

static void vfs_dl_error(sqlite3_vfs *vfs, int capacity, char *text) {
    BELOW(vfs)->xDlError(BELOW(vfs), capacity, text);
}

static void (*vfs_dl_symbol(sqlite3_vfs *vfs, void *library, const char *name))(void) {
    return BELOW(vfs)->xDlSym(BELOW(vfs), library, name);
}

static void vfs_dl_close(sqlite3_vfs *vfs, void *library) {
    BELOW(vfs)->xDlClose(BELOW(vfs), library);
}

static int vfs_randomness(sqlite3_vfs *vfs, int count, char *bytes) {
    return BELOW(vfs)->xRandomness(BELOW(vfs), count, bytes);
}

static int vfs_sleep(sqlite3_vfs *vfs, int microseconds) {
    return BELOW(vfs)->xSleep(BELOW(vfs), microseconds);
}

static int vfs_current_time(sqlite3_vfs *vfs, double *days) {
    return BELOW(vfs)->xCurrentTime(BELOW(vfs), days);
}

static int vfs_last_error(sqlite3_vfs *vfs, int capacity, char *text) {
    return BELOW(vfs)->xGetLastError(BELOW(vfs), capacity, text);
}

sqlite3_vfs *page_vfs_register(const char *name, const char *below, void *owner, const struct page_vfs_calls *calls) {
    if (sqlite3_initialize() != SQLITE_OK) return NULL;
    sqlite3_vfs *under = sqlite3_vfs_find(below);
    size_t length = strlen(name) + 1;
    struct page_vfs *vfs = under ? calloc(1, sizeof *vfs + length) : NULL;
    if (!vfs) return NULL;
    memcpy(vfs->name, name, length);
    vfs->below = under;
    vfs->owner = owner;
    vfs->calls = calls;
    vfs->base = (sqlite3_vfs){
        .iVersion = 1,
        .szOsFile = (int)sizeof(struct page_file) + under->szOsFile,
        .mxPathname = under->mxPathname,
        .zName = vfs->name,
        .xOpen = vfs_open,
        .xDelete = vfs_delete,
        .xAccess = vfs_access,
        .xFullPathname = vfs_full_pathname,
        .xDlOpen = vfs_dl_open,
        .xDlError = vfs_dl_error,
        .xDlSym = vfs_dl_symbol,
        .xDlClose = vfs_dl_close,
        .xRandomness = vfs_randomness,
        .xSleep = vfs_sleep,
        .xCurrentTime = vfs_current_time,
        .xGetLastError = vfs_last_error,
    };
    if (sqlite3_vfs_register(&vfs->base, 0) != SQLITE_OK) {
        free(vfs);
        return NULL;
    }
    return &vfs->base;
}

void page_vfs_unregister(sqlite3_vfs *vfs) {
    sqlite3_vfs_unregister(vfs);
    free(vfs);
}

void *page_vfs_object(sqlite3_file *file) {
    return file && file->pMethods == &file_methods ? FILE_OF(file)->object : NULL;
}

// MARK: The file below

int page_vfs_below_read(sqlite3_file *below, void *bytes, int count, sqlite3_int64 offset) {
    return below->pMethods->xRead(below, bytes, count, offset);
}

int page_vfs_below_write(sqlite3_file *below, const void *bytes, int count, sqlite3_int64 offset) {
    return below->pMethods->xWrite(below, bytes, count, offset);
}

int page_vfs_below_truncate(sqlite3_file *below, sqlite3_int64 size) {
    return below->pMethods->xTruncate(below, size);
}

int page_vfs_below_sync(sqlite3_file *below, int flags) {
    return below->pMethods->xSync(below, flags);
}

int page_vfs_below_size(sqlite3_file *below, sqlite3_int64 *size) {
    return below->pMethods->xFileSize(below, size);
}
