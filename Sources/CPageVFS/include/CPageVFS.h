/// A SQLite VFS whose files are objects of another language: plumbing between sqlite3_io_methods and six calls.
///
/// The main database and its write-ahead log are backed by a file of the VFS below, which also does the locking.
/// Everything else that SQLite opens (journals, temporary files) has no file below: the object alone keeps it.
/// The shared memory of the write-ahead log is the object's as well. There is no memory mapping.
#ifndef LINNET_CPAGEVFS_H
#define LINNET_CPAGEVFS_H

#include <sqlite3.h>

/// What SQLite asks of a file, and of the directory it lies in. Results are SQLite's codes.
struct page_vfs_calls {
    /// A file was opened; `below` is null if it has none. Stores the object that stands for it.
    int (*open)(void *owner, const char *name, int flags, sqlite3_file *below, void **object);
    /// The last call for an object; the file below is closed afterwards.
    void (*close)(void *object);
    int (*read)(void *object, void *bytes, int count, sqlite3_int64 offset);
    int (*write)(void *object, const void *bytes, int count, sqlite3_int64 offset);
    int (*truncate)(void *object, sqlite3_int64 size);
    int (*sync)(void *object, int flags);
    int (*size)(void *object, sqlite3_int64 *size);
    /// SQLITE_NOTFOUND hands the request to the file below.
    int (*control)(void *object, int operation, void *argument);
    int (*map_region)(void *object, int region, int size, int extend, void volatile **bytes);
    int (*lock_region)(void *object, int offset, int count, int flags);
    int (*unmap_regions)(void *object, int remove);
    /// A file is to be deleted: SQLITE_NOTFOUND lets the VFS below do it.
    int (*remove)(void *owner, const char *name);
    /// Whether a file is there: SQLITE_NOTFOUND lets the VFS below look.
    int (*exists)(void *owner, const char *name, int *found);
};

/// Registers a VFS named `name` over the one named `below` (null: the default). Null without memory, or if there is no
/// such VFS. `calls` and `owner` must outlive it.
sqlite3_vfs *page_vfs_register(const char *name, const char *below, void *owner, const struct page_vfs_calls *calls);
/// Unregisters it and frees it. No file of it may be open.
void page_vfs_unregister(sqlite3_vfs *vfs);
/// The object behind a file; null for one of another VFS.
void *page_vfs_object(sqlite3_file *file);

// The file below, for those who implement the calls.

int page_vfs_below_read(sqlite3_file *below, void *bytes, int count, sqlite3_int64 offset);
int page_vfs_below_write(sqlite3_file *below, const void *bytes, int count, sqlite3_int64 offset);
int page_vfs_below_truncate(sqlite3_file *below, sqlite3_int64 size);
int page_vfs_below_sync(sqlite3_file *below, int flags);
int page_vfs_below_size(sqlite3_file *below, sqlite3_int64 *size);

#endif
