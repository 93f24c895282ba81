-- Take the measurements of inbox into highest.
SELECT station, measured_at::date AS day, celsius
FROM inbox;
