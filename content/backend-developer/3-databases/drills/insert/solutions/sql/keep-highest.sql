-- Take the measurements of inbox into highest.
INSERT INTO highest (station, day, celsius)
SELECT station, measured_at::date, max(celsius)
FROM inbox
GROUP BY station, measured_at::date
ON CONFLICT (station, day) DO UPDATE
    SET celsius = greatest(highest.celsius, excluded.celsius);
