"""
How a file's clients are found among ours: by id, else by INN (and KPP), else by exact name.

The statements work on the temporary table `bridge_parties` (n, external_id, name, inn, kpp, client_id, many, same_as)
and take %(org)s. One candidate is he; several leave `client_id` null and name them in `many`.
"""

BY_ID = """
-- The code of a client who was merged into another leads to that other.
UPDATE bridge_parties p SET client_id = COALESCE(c.merged_into_id, c.id) FROM clients_client c
WHERE p.external_id IS NOT NULL AND c.organisation_id = %(org)s AND c.external_id = p.external_id
"""

# A client whom the file knows by his INN: the branch with the same KPP, when several share the INN.
BY_INN = """
UPDATE bridge_parties p SET client_id = f.id, many = CASE WHEN f.id IS NULL THEN f.names END
FROM (
    SELECT p.n, CASE WHEN count(*) = 1 THEN min(c.id)
                     WHEN count(*) FILTER (WHERE c.kpp = p.kpp) = 1 THEN min(c.id) FILTER (WHERE c.kpp = p.kpp)
                END AS id,
           left(string_agg(c.name, ', '), 200) AS names
    FROM bridge_parties p JOIN clients_client c ON c.organisation_id = %(org)s AND c.inn = p.inn
    WHERE p.client_id IS NULL AND p.inn IS NOT NULL AND c.archived_at IS NULL
      AND (p.kpp IS NULL OR c.kpp = '' OR c.kpp = p.kpp) AND (p.external_id IS NULL OR c.external_id IS NULL)
    GROUP BY p.n
) f WHERE f.n = p.n
"""

BY_NAME = """
UPDATE bridge_parties p SET client_id = f.id, many = CASE WHEN f.id IS NULL THEN f.names END
FROM (
    SELECT p.n, CASE WHEN count(*) = 1 THEN min(c.id) END AS id,
           left(string_agg(concat_ws(' ', c.name, nullif(c.inn, '')), ', '), 200) AS names
    FROM bridge_parties p JOIN clients_client c
      ON c.organisation_id = %(org)s AND c.name_key = replace(lower(p.name), 'ё', 'е')
    WHERE p.client_id IS NULL AND p.many IS NULL AND p.same_as IS NULL AND p.name IS NOT NULL
      AND c.archived_at IS NULL AND (p.inn IS NULL OR c.inn = '') AND (p.external_id IS NULL OR c.external_id IS NULL)
    GROUP BY p.n
) f WHERE f.n = p.n
"""
