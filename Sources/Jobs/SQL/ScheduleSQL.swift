/// The statements of `schedule` and `schedule_run`.
enum ScheduleSQL {
  /// Adding a name again changes what it stands for and keeps its history.
  static let put = """
    INSERT INTO schedule (name, declaration_path, directory, cron, time_zone, missed, missed_cap, overlap,
      window, decided_until, created_at)
    VALUES (:name, :declaration, :directory, :cron, :zone, :missed, :cap, :overlap, :window, :now, :now)
    ON CONFLICT (name) DO UPDATE SET declaration_path = excluded.declaration_path,
      directory = excluded.directory, cron = excluded.cron, time_zone = excluded.time_zone,
      missed = excluded.missed, missed_cap = excluded.missed_cap, overlap = excluded.overlap,
      window = excluded.window, decided_until = excluded.decided_until
    RETURNING id
    """
  static let remove = "DELETE FROM schedule WHERE name = :name"
  static let columns = """
    id, name, declaration_path, directory, cron, time_zone, missed, missed_cap, overlap, window, decided_until
    """
  static let all = "SELECT \(columns) FROM schedule ORDER BY name"
  static let one = "SELECT \(columns) FROM schedule WHERE id = :id"

  /// Moves forward only: a clock that was set back makes nothing due a second time.
  static let decide = """
    UPDATE schedule SET decided_until = :until WHERE id = :id AND decided_until = :from AND :until > :from
    """
  static let realign = """
    UPDATE schedule SET decided_until = :now WHERE id = :id AND decided_until = :from
    """
  static let putRun = """
    INSERT INTO schedule_run (schedule_id, due_at, state, reason, covers, decided_at)
    VALUES (:schedule, :due, :state, :reason, :covers, :now)
    ON CONFLICT (schedule_id, due_at) DO NOTHING
    """
  /// The first that waits, if none of the schedule is at work. A run is at work while its row says so: one
  /// whose process died is gone on with, not overtaken.
  static let startNext = """
    UPDATE schedule_run SET state = 'started'
    WHERE id = (SELECT id FROM schedule_run WHERE schedule_id = :schedule AND state = 'queued'
        ORDER BY due_at LIMIT 1)
      AND NOT EXISTS (\(atWork))
    RETURNING id, due_at
    """
  static let isAtWork = "SELECT EXISTS (\(atWork))"
  private static let atWork = """
    SELECT 1 FROM schedule_run AS other LEFT JOIN run ON run.id = other.run_id
    WHERE other.schedule_id = :schedule AND other.state = 'started' AND other.ended_at IS NULL
      AND (run.id IS NULL OR run.state IN ('open', 'paused'))
    """
  static let isWaiting =
    "SELECT EXISTS (SELECT 1 FROM schedule_run WHERE schedule_id = :schedule AND state = 'queued')"
  static let attachRun = "UPDATE schedule_run SET run_id = :run WHERE id = :id"
  static let scheduledRun = """
    SELECT schedule.name, schedule_run.run_id FROM schedule_run
    JOIN schedule ON schedule.id = schedule_run.schedule_id WHERE schedule_run.id = :id
    """
  static let endRun = "UPDATE schedule_run SET ended_at = :now WHERE id = :id AND state = 'started'"
  static let started = """
    SELECT id, due_at, run_id FROM schedule_run WHERE schedule_id = :schedule AND state = 'started'
      AND ended_at IS NULL ORDER BY due_at
    """
  static let history = """
    SELECT schedule_run.id, schedule.name, due_at, state, reason, covers, run_id, decided_at, ended_at
    FROM schedule_run JOIN schedule ON schedule.id = schedule_run.schedule_id
    WHERE (:name IS NULL OR schedule.name = :name) ORDER BY due_at DESC, schedule_run.id DESC LIMIT :limit
    """
}
