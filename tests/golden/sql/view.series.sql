select file, day, name, role, value, received_at
from imported_series
where received_at <= $as_of::timestamptz
