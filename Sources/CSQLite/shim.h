#include <sqlite3.h>
#include <sys/vfs.h>

/* What Swift cannot call. */

/* sqlite3_db_config is variadic. Refuses writes to the schema by tricks (writable_schema, corrupted shadow
   tables), so that a hostile queue file stays an inert one. */
static inline int docket_sqlite_defend(sqlite3 *db) {
  int rc = sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)0);
  if (rc != SQLITE_OK) return rc;
  return sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, (int *)0);
}

/* sqlite3_config is variadic. SQLite's own count of the memory it has takes a lock at each allocation, and nobody
   asks for it. Only before the first connection; later it changes nothing. */
static inline int docket_sqlite_count_no_memory(void) {
  return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

/* statfs(2) is not in Swift's Glibc module. The file system's magic number, or -1 when it cannot be asked. */
static inline long long docket_file_system(const char *path) {
  struct statfs facts;
  return statfs(path, &facts) == 0 ? (long long)(unsigned int)facts.f_type : -1;
}

/* The journal's file is reached through a struct of function pointers. Syncs it by the same call that
   synchronous=FULL makes inside a commit. */
static inline int docket_sqlite_sync_journal(sqlite3 *db) {
  sqlite3_file *journal = 0;
  int rc = sqlite3_file_control(db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &journal);
  if (rc != SQLITE_OK) return rc;
  if (!journal || !journal->pMethods) return SQLITE_OK; /* nothing was ever written by this connection */
  return journal->pMethods->xSync(journal, SQLITE_SYNC_NORMAL);
}

/* Lengthens the journal's file with zeros, which no reader takes for frames, and syncs it. Only while holding the
   write lock: nobody else writes the journal then. Where there is no room for all of it, it stays as it is. A sync
   that fails is an error like any other: what earlier commits wrote may be gone with it. */
static inline int docket_sqlite_reserve_journal(sqlite3 *db, sqlite3_int64 length) {
  static const char zeros[65536];
  sqlite3_file *journal = 0;
  int rc = sqlite3_file_control(db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &journal);
  if (rc != SQLITE_OK || !journal || !journal->pMethods) return rc;
  sqlite3_int64 old = 0;
  rc = journal->pMethods->xFileSize(journal, &old);
  if (rc != SQLITE_OK || old >= length) return rc;
  for (sqlite3_int64 end = old; end < length;) {
    sqlite3_int64 rest = length - end;
    int count = rest < (sqlite3_int64)sizeof zeros ? (int)rest : (int)sizeof zeros;
    if (journal->pMethods->xWrite(journal, zeros, count, end) != SQLITE_OK)
      return journal->pMethods->xTruncate(journal, old);
    end += count;
  }
  return journal->pMethods->xSync(journal, SQLITE_SYNC_NORMAL);
}
