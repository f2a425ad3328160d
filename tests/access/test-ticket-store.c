/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "access/lt-ticket-store.h"

#include "core/lt-error.h"

static void
assert_refused (LtTicketStore *store, const char *text, gboolean resumes)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (lt_ticket_store_find (store, text, resumes, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_UNAUTHENTICATED);
}

static void
test_life (void)
{
  LtTicketStore *store = lt_ticket_store_new (NULL);
  g_autoptr (LtIdentity) identity = lt_identity_new ("a", LT_PERMISSION_OBSERVE, "t1", NULL);
  g_autoptr (LtTicket) ticket = NULL;
  g_autoptr (LtTicket) again = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  gint64 begun_us = g_get_real_time ();
  gint64 expires_us = 0;

  text = lt_ticket_store_create (store, identity, &expires_us, &error);
  g_assert_no_error (error);
  g_assert_cmpint (expires_us, >=, begun_us + 30 * G_USEC_PER_SEC);
  g_assert_cmpint (expires_us, <=, g_get_real_time () + 30 * G_USEC_PER_SEC);
  assert_refused (store, "", FALSE);

  /* Looking does not use it up; opening does. */
  g_clear_pointer (&ticket, lt_ticket_unref);
  ticket = lt_ticket_store_find (store, text, FALSE, &error);
  g_assert_no_error (error);
  g_assert_true (lt_ticket_get_identity (ticket) == identity);
  g_clear_pointer (&ticket, lt_ticket_unref);
  ticket = lt_ticket_store_find (store, text, TRUE, &error);
  g_assert_no_error (error);
  g_assert_true (lt_ticket_open (ticket, "to:a span", &error));

  /* While the stream is there nobody else gets in, resuming or not. */
  assert_refused (store, text, FALSE);
  assert_refused (store, text, TRUE);

  lt_ticket_close (ticket);
  assert_refused (store, text, FALSE);
  again = lt_ticket_store_find (store, text, TRUE, &error);
  g_assert_no_error (error);
  g_assert_false (lt_ticket_open (again, "to:b span", &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_DENIED);
  g_clear_error (&error);
  g_assert_true (lt_ticket_open (again, "to:a span", &error));
  assert_refused (store, text, TRUE);
  g_assert_finalize_object (store);
}

static void
test_expiry (void)
{
  const LtTicketLimits limits = { 0, 0, 10, 10 };
  LtTicketStore *store = lt_ticket_store_new (NULL);
  g_autoptr (LtIdentity) identity = lt_identity_new ("a", LT_PERMISSION_OBSERVE, "t1", NULL);
  g_autofree char *text = NULL;

  lt_ticket_store_set_limits (store, &limits);
  text = lt_ticket_store_create (store, identity, NULL, NULL);
  assert_refused (store, text, FALSE);
  g_assert_cmpuint (lt_ticket_store_get_count (store), ==, 0);
  g_assert_finalize_object (store);
}

static void
test_reopen_expiry (void)
{
  const LtTicketLimits limits = { 30000, 20, 10, 10 };
  LtTicketStore *store = lt_ticket_store_new (&limits);
  g_autoptr (LtIdentity) identity = lt_identity_new ("a", LT_PERMISSION_OBSERVE, "t1", NULL);
  g_autofree char *text = lt_ticket_store_create (store, identity, NULL, NULL);
  g_autoptr (LtTicket) ticket = lt_ticket_store_find (store, text, FALSE, NULL);
  LtTicket *again;

  g_assert_true (lt_ticket_open (ticket, "", NULL));
  lt_ticket_close (ticket);
  while ((again = lt_ticket_store_find (store, text, TRUE, NULL)) != NULL)
    lt_ticket_unref (again);
  g_assert_cmpuint (lt_ticket_store_get_count (store), ==, 0);
  g_assert_finalize_object (store);
}

static void
test_bounds (void)
{
  const LtTicketLimits limits = { 30000, 60000, 5, 3 };
  LtTicketStore *store = lt_ticket_store_new (&limits);
  g_autoptr (LtIdentity) a = lt_identity_new ("a", LT_PERMISSION_OBSERVE, "t1", NULL);
  g_autoptr (LtIdentity) b = lt_identity_new ("b", LT_PERMISSION_OBSERVE, "t1", "s1");
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 3; i++)
    g_free (lt_ticket_store_create (store, a, NULL, NULL));
  g_assert_null (lt_ticket_store_create (store, a, NULL, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_TOO_MANY);
  g_clear_error (&error);
  for (guint i = 0; i < 2; i++)
    g_free (lt_ticket_store_create (store, b, NULL, NULL));
  g_assert_null (lt_ticket_store_create (store, b, NULL, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_BUSY);

  lt_ticket_store_end_of (store, "s1");
  g_assert_cmpuint (lt_ticket_store_get_count (store), ==, 3);
  lt_ticket_store_end_of (store, "t1");
  g_assert_cmpuint (lt_ticket_store_get_count (store), ==, 0);
  g_assert_finalize_object (store);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ticket-store/life", test_life);
  g_test_add_func ("/ticket-store/expiry", test_expiry);
  g_test_add_func ("/ticket-store/reopen-expiry", test_reopen_expiry);
  g_test_add_func ("/ticket-store/bounds", test_bounds);
  return g_test_run ();
}
