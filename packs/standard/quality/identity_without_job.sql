-- title: Active people without a job
-- subject: identity
-- risk: 0
-- tags: quality
-- why: What is decided by job leaves them out.
-- mitigation: Enter the job.
-- needs: identities.job_code
-- iso27001: 5.16
-- nist80053: IA-4
-- sox: access administration
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- test: no code of a job
-- given identities | uid | job_code
--                  | 1   |
--                  | 2   | BUY
--                  | 3   |
-- given identity_status | uid | status
--                       | 1   | active
--                       | 2   | active
--                       | 3   | inactive
-- expect | uid
--        | 1
SELECT i.uid
FROM identities i JOIN identity_status s ON s.uid = i.uid AND s.status = 'active'
WHERE i.job_code IS NULL
