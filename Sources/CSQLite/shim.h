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

/* statfs(2) is not in Swift's Glibc module. The file system's magic number, or -1 when it cannot be asked. */
static inline long long docket_file_system(const char *path) {
  struct statfs facts;
  return statfs(path, &facts) == 0 ? (long long)(unsigned int)facts.f_type : -1;
}
