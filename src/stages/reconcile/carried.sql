SELECT account_uid, identity_uid, ownerless, description, rule, decided_on FROM carried_ownership
