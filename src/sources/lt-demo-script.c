/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-demo-script.h"

/* Short names for the tables. */
#define NONE       LT_DEMO_SPAN_NONE
#define CONNECTION LT_DEMO_SPAN_CONNECTION
#define MESSAGE    LT_DEMO_SPAN_MESSAGE
#define DELIVERY   LT_DEMO_SPAN_DELIVERY
#define BEGIN      LT_SPAN_ROLE_START
#define END        LT_SPAN_ROLE_END

/* clang-format off */

#define SMTP_OPENED                                                                                \
  { "smtp.connection-start", CONNECTION, BEGIN,                                                    \
    "listenerId=smtp localIp=192.0.2.1 localPort:25 remoteIp={ip} remotePort:{port}" },            \
  { "smtp.ehlo", CONNECTION, 0, "domain={helo}" },                                                 \
  { "smtp.start-tls", CONNECTION, 0, "" },                                                         \
  { "tls.handshake", CONNECTION, 0,                                                                \
    "listenerId=smtp version=TLSv1.3 details=TLS13_AES_256_GCM_SHA384 elapsed:{ms}" }

#define SMTP_CLOSED                                                                                \
  { "smtp.quit", CONNECTION, 0, "" },                                                              \
  { "smtp.connection-end", CONNECTION, END, "elapsed:{ms}" }

#define LOCAL_DELIVERY                                                                             \
  { "delivery.attempt-start", DELIVERY, BEGIN,                                                     \
    "queueId={queueId} queueName=local from={from} to={to} size:{size} total:1" },                 \
  { "store.blob-read", DELIVERY, 0, "key={queueId} size:{size} elapsed:{ms}" },                    \
  { "message-ingest.ham", DELIVERY, 0,                                                             \
    "accountName={to} mailboxName=Inbox messageId={messageId} size:{size} elapsed:{ms}" },         \
  { "store.data-write", DELIVERY, 0, "elapsed:{ms} total:12" },                                    \
  { "delivery.delivered", DELIVERY, 0, "to={to} hostname=localhost code:250 elapsed:{ms}" },       \
  { "delivery.completed", DELIVERY, 0, "queueId={queueId} total:0" },                              \
  { "delivery.attempt-end", DELIVERY, END, "queueId={queueId} elapsed:{ms}" }

#define REMOTE_DELIVERY_OPENED                                                                     \
  { "delivery.attempt-start", DELIVERY, BEGIN,                                                     \
    "queueId={queueId} queueName=remote from={account} to={remote} size:{size} total:1" },         \
  { "delivery.domain-delivery-start", DELIVERY, 0, "domain={remoteDomain}" },                      \
  { "mta-sts.policy-fetch", DELIVERY, 0, "domain={remoteDomain} strict!=true elapsed:{ms}" },      \
  { "delivery.mx-lookup", DELIVERY, 0, "domain={remoteDomain} hostname={mx} elapsed:{ms}" },       \
  { "delivery.ip-lookup", DELIVERY, 0, "hostname={mx} remoteIp={mxIp} elapsed:{ms}" }

#define REMOTE_DELIVERY_CONNECTED                                                                  \
  { "delivery.connect", DELIVERY, 0,                                                               \
    "hostname={mx} remoteIp={mxIp} remotePort:25 localIp=192.0.2.1 elapsed:{ms}" },                \
  { "delivery.ehlo", DELIVERY, 0, "hostname={mx} domain=mail.example.org elapsed:{ms}" },          \
  { "delivery.start-tls", DELIVERY, 0, "hostname={mx} version=TLSv1.3 elapsed:{ms}" },             \
  { "dane.tlsa-record-match", DELIVERY, 0, "hostname={mx}" },                                      \
  { "delivery.mail-from", DELIVERY, 0, "hostname={mx} from={account} code:250 elapsed:{ms}" }

#define SUBMISSION_OPENED                                                                          \
  { "smtp.connection-start", CONNECTION, BEGIN,                                                    \
    "listenerId=submission localIp=192.0.2.1 localPort:587 remoteIp={ip} remotePort:{port}" },     \
  { "smtp.ehlo", CONNECTION, 0, "domain={helo}" },                                                 \
  { "smtp.start-tls", CONNECTION, 0, "" },                                                         \
  { "tls.handshake", CONNECTION, 0, "listenerId=submission version=TLSv1.3 elapsed:{ms}" },        \
  { "auth.success", CONNECTION, 0, "accountName={account} remoteIp={ip}" },                        \
  { "smtp.mail-from", CONNECTION, 0, "from={account}" },                                           \
  { "smtp.rcpt-to", CONNECTION, 0, "to={remote}" },                                                \
  { "queue.queue-message-authenticated", MESSAGE, BEGIN,                                           \
    "queueId={queueId} from={account} to={remote} messageId={messageId} size:{size}" }

static const LtDemoStep received[] = {
  SMTP_OPENED,
  { "smtp.iprev-pass", CONNECTION, 0, "domain={helo} result=pass" },
  { "smtp.spf-ehlo-pass", CONNECTION, 0, "domain={helo}" },
  { "smtp.mail-from", CONNECTION, 0, "from={from}" },
  { "smtp.spf-from-pass", CONNECTION, 0, "domain={fromDomain} from={from}" },
  { "spf.pass", CONNECTION, 0, "domain={fromDomain} elapsed:{ms}" },
  { "smtp.rcpt-to", CONNECTION, 0, "to={to}" },
  { "dkim.pass", CONNECTION, 0, "domain={fromDomain} elapsed:{ms}" },
  { "smtp.dkim-pass", CONNECTION, 0, "domain={fromDomain} elapsed:{ms}" },
  { "smtp.arc-pass", CONNECTION, 0, "domain={fromDomain} elapsed:{ms}" },
  { "smtp.dmarc-pass", CONNECTION, 0, "domain={fromDomain} policy=reject elapsed:{ms}" },
  { "spam.classify", CONNECTION, 0, "result=ham details=-{score}" },
  { "store.blob-write", CONNECTION, 0, "key={queueId} size:{size} elapsed:{ms}" },
  { "queue.queue-message", MESSAGE, BEGIN,
    "queueId={queueId} from={from} to={to} messageId={messageId} size:{size}" },
  SMTP_CLOSED,
  LOCAL_DELIVERY,
  { "message-ingest.fts-index", NONE, 0, "accountName={to} elapsed:{ms} total:1" },
};

static const LtDemoStep spam[] = {
  SMTP_OPENED,
  { "smtp.iprev-fail", CONNECTION, 0, "domain={helo} result=fail" },
  { "smtp.spf-ehlo-fail", CONNECTION, 0, "domain={helo}" },
  { "smtp.mail-from", CONNECTION, 0, "from={from}" },
  { "smtp.spf-from-fail", CONNECTION, 0, "domain={fromDomain} from={from}" },
  { "spf.soft-fail", CONNECTION, 0, "domain={fromDomain} elapsed:{ms}" },
  { "smtp.rcpt-to", CONNECTION, 0, "to={to}" },
  { "dkim.failed-body-hash-match", CONNECTION, 0, "domain={fromDomain}" },
  { "smtp.dkim-fail", CONNECTION, 0, "domain={fromDomain} elapsed:{ms}" },
  { "smtp.dmarc-fail", CONNECTION, 0, "domain={fromDomain} policy=quarantine elapsed:{ms}" },
  { "spam.dnsbl", CONNECTION, 0, "hostname=bl.example.net result=127.0.0.2 elapsed:{ms}" },
  { "spam.pyzor", CONNECTION, 0, "total:{count} elapsed:{ms}" },
  { "spam.classify", CONNECTION, 0, "result=spam details={score}" },
  { "queue.queue-message", MESSAGE, BEGIN,
    "queueId={queueId} from={from} to={to} messageId={messageId} size:{size}" },
  SMTP_CLOSED,
  { "delivery.attempt-start", DELIVERY, BEGIN, "queueId={queueId} from={from} to={to} total:1" },
  { "message-ingest.spam", DELIVERY, 0,
    "accountName={to} mailboxName=Junk messageId={messageId} size:{size} elapsed:{ms}" },
  { "delivery.delivered", DELIVERY, 0, "to={to} hostname=localhost code:250 elapsed:{ms}" },
  { "delivery.completed", DELIVERY, 0, "queueId={queueId} total:0" },
  { "delivery.attempt-end", DELIVERY, END, "queueId={queueId} elapsed:{ms}" },
};

static const LtDemoStep refused[] = {
  SMTP_OPENED,
  { "smtp.mail-from", CONNECTION, 0, "from={from}" },
  { "smtp.mailbox-does-not-exist", CONNECTION, 0, "to={nobody} code:550" },
  { "smtp.mailbox-does-not-exist", CONNECTION, 0, "to=info@example.org code:550" },
  { "smtp.relay-not-allowed", CONNECTION, 0, "to={remote} code:550" },
  { "smtp.too-many-invalid-rcpt", CONNECTION, 0, "total:3" },
  { "smtp.connection-end", CONNECTION, END, "elapsed:{ms}" },
};

static const LtDemoStep greylisted[] = {
  SMTP_OPENED,
  { "smtp.mail-from", CONNECTION, 0, "from={from}" },
  { "smtp.rcpt-to-greylisted", CONNECTION, 0, "from={from} to={to} code:451" },
  SMTP_CLOSED,
};

static const LtDemoStep scanned[] = {
  { "smtp.connection-start", CONNECTION, BEGIN,
    "listenerId=smtp localIp=192.0.2.1 localPort:25 remoteIp={ip} remotePort:{port}" },
  { "smtp.invalid-command", CONNECTION, 0, "contents=GET" },
  { "smtp.did-not-say-ehlo", CONNECTION, 0, "" },
  { "smtp.syntax-error", CONNECTION, 0, "reason=unknown" },
  { "network.closed", CONNECTION, 0, "" },
  { "smtp.connection-end", CONNECTION, END, "elapsed:{ms}" },
  { "security.scan-ban", NONE, 0, "remoteIp={ip}" },
};

static const LtDemoStep sent[] = {
  SUBMISSION_OPENED,
  SMTP_CLOSED,
  REMOTE_DELIVERY_OPENED,
  REMOTE_DELIVERY_CONNECTED,
  { "delivery.rcpt-to", DELIVERY, 0, "hostname={mx} to={remote} code:250 elapsed:{ms}" },
  { "delivery.delivered", DELIVERY, 0, "hostname={mx} to={remote} code:250 elapsed:{ms}" },
  { "delivery.dsn-success", DELIVERY, 0, "hostname={mx} to={remote} code:250" },
  { "delivery.completed", DELIVERY, 0, "queueId={queueId} total:0" },
  { "delivery.attempt-end", DELIVERY, END, "queueId={queueId} elapsed:{ms}" },
};

static const LtDemoStep deferred[] = {
  SUBMISSION_OPENED,
  SMTP_CLOSED,
  REMOTE_DELIVERY_OPENED,
  { "delivery.connect-error", DELIVERY, 0,
    "hostname={mx} remoteIp={mxIp} remotePort:25 reason=timeout elapsed:{ms}" },
  { "delivery.dsn-temp-fail", DELIVERY, 0, "to={remote} hostname={mx} reason=timeout" },
  { "queue.rescheduled", DELIVERY, 0, "queueId={queueId} attempt:1" },
  { "delivery.attempt-end", DELIVERY, END, "queueId={queueId} elapsed:{ms}" },
  { "delivery.attempt-start", DELIVERY, BEGIN,
    "queueId={queueId} queueName=remote from={account} to={remote} attempt:2 total:1" },
  REMOTE_DELIVERY_CONNECTED,
  { "delivery.rcpt-to", DELIVERY, 0, "hostname={mx} to={remote} code:250 elapsed:{ms}" },
  { "delivery.delivered", DELIVERY, 0, "hostname={mx} to={remote} code:250 elapsed:{ms}" },
  { "delivery.completed", DELIVERY, 0, "queueId={queueId} total:0" },
  { "delivery.attempt-end", DELIVERY, END, "queueId={queueId} elapsed:{ms}" },
};

static const LtDemoStep bounced[] = {
  SUBMISSION_OPENED,
  SMTP_CLOSED,
  REMOTE_DELIVERY_OPENED,
  REMOTE_DELIVERY_CONNECTED,
  { "delivery.rcpt-to-rejected", DELIVERY, 0,
    "hostname={mx} to={remote} code:550 details=5.1.1 elapsed:{ms}" },
  { "delivery.failed", DELIVERY, 0, "hostname={mx} to={remote} code:550" },
  { "delivery.dsn-perm-fail", DELIVERY, 0, "hostname={mx} to={remote} code:550" },
  { "queue.queue-dsn", DELIVERY, 0, "queueId={queueId}d to={account}" },
  { "delivery.attempt-end", DELIVERY, END, "queueId={queueId} elapsed:{ms}" },
};

static const LtDemoStep unresolved[] = {
  SUBMISSION_OPENED,
  SMTP_CLOSED,
  { "delivery.attempt-start", DELIVERY, BEGIN, "queueId={queueId} from={account} to={remote}" },
  { "delivery.domain-delivery-start", DELIVERY, 0, "domain={remoteDomain}" },
  { "delivery.mx-lookup-failed", DELIVERY, 0, "domain={remoteDomain} reason=SERVFAIL elapsed:{ms}" },
  { "mail-auth.dns-error", DELIVERY, 0, "domain={remoteDomain} reason=SERVFAIL" },
  { "queue.rescheduled", DELIVERY, 0, "queueId={queueId} attempt:1" },
  { "delivery.attempt-end", DELIVERY, END, "queueId={queueId} elapsed:{ms}" },
};

static const LtDemoStep read_by_imap[] = {
  { "imap.connection-start", CONNECTION, BEGIN,
    "listenerId=imaps localIp=192.0.2.1 localPort:993 remoteIp={ip} remotePort:{port} tls!=true" },
  { "tls.handshake", CONNECTION, 0, "listenerId=imaps version=TLSv1.3 elapsed:{ms}" },
  { "imap.capabilities", CONNECTION, 0, "tls!=true strict!=false" },
  { "auth.success", CONNECTION, 0, "accountName={account} remoteIp={ip}" },
  { "store.cache-miss", CONNECTION, 0, "accountName={account}" },
  { "imap.list", CONNECTION, 0, "accountName={account} total:8 elapsed:{ms}" },
  { "imap.select", CONNECTION, 0, "accountName={account} mailboxName=Inbox total:{count} elapsed:{ms}" },
  { "imap.search", CONNECTION, 0, "accountName={account} mailboxName=Inbox total:3 elapsed:{ms}" },
  { "imap.fetch", CONNECTION, 0, "accountName={account} mailboxName=Inbox size:{size} elapsed:{ms}" },
  { "imap.store", CONNECTION, 0, "accountName={account} mailboxName=Inbox total:1 elapsed:{ms}" },
  { "imap.idle-start", CONNECTION, 0, "accountName={account} mailboxName=Inbox" },
  { "imap.idle-stop", CONNECTION, 0, "accountName={account} elapsed:{ms}" },
  { "imap.move", CONNECTION, 0, "accountName={account} mailboxName=Archive total:1 elapsed:{ms}" },
  { "imap.logout", CONNECTION, 0, "" },
  { "imap.connection-end", CONNECTION, END, "elapsed:{ms}" },
};

static const LtDemoStep read_by_pop3[] = {
  { "pop3.connection-start", CONNECTION, BEGIN,
    "listenerId=pop3s localIp=192.0.2.1 localPort:995 remoteIp={ip} remotePort:{port} tls!=true" },
  { "auth.success", CONNECTION, 0, "accountName={account} remoteIp={ip}" },
  { "pop3.stat", CONNECTION, 0, "total:{count} size:{size} elapsed:{ms}" },
  { "pop3.uidl", CONNECTION, 0, "total:{count} elapsed:{ms}" },
  { "pop3.fetch", CONNECTION, 0, "size:{size} elapsed:{ms}" },
  { "pop3.quit", CONNECTION, 0, "" },
  { "pop3.connection-end", CONNECTION, END, "elapsed:{ms}" },
};

static const LtDemoStep read_by_jmap[] = {
  { "http.connection-start", CONNECTION, BEGIN,
    "listenerId=https localIp=192.0.2.1 localPort:443 remoteIp={ip} remotePort:{port} tls!=true" },
  { "http.request-url", CONNECTION, 0, "url=/jmap/" },
  { "auth.success", CONNECTION, 0, "accountName={account} remoteIp={ip}" },
  { "jmap.method-call", CONNECTION, 0, "id=Email/query accountName={account} elapsed:{ms}" },
  { "store.data-iterate", CONNECTION, 0, "elapsed:{ms} total:{count}" },
  { "jmap.method-call", CONNECTION, 0, "id=Email/get accountName={account} elapsed:{ms}" },
  { "jmap.websocket-start", CONNECTION, 0, "accountName={account}" },
  { "push-subscription.success", NONE, 0, "url=https://push.example.net/{queueId}" },
  { "jmap.websocket-stop", CONNECTION, 0, "accountName={account} elapsed:{ms}" },
  { "http.connection-end", CONNECTION, END, "elapsed:{ms}" },
};

static const LtDemoStep guessed[] = {
  { "imap.connection-start", CONNECTION, BEGIN,
    "listenerId=imaps localIp=192.0.2.1 localPort:993 remoteIp={ip} remotePort:{port} tls!=true" },
  { "auth.failed", CONNECTION, 0, "accountName={account} remoteIp={ip}" },
  { "auth.failed", CONNECTION, 0, "accountName=admin@example.org remoteIp={ip}" },
  { "auth.failed", CONNECTION, 0, "accountName=postmaster@example.org remoteIp={ip}" },
  { "auth.too-many-attempts", CONNECTION, 0, "remoteIp={ip}" },
  { "security.authentication-ban", CONNECTION, 0, "remoteIp={ip}" },
  { "imap.connection-end", CONNECTION, END, "elapsed:{ms}" },
  { "security.ip-blocked", NONE, 0, "remoteIp={ip} listenerId=imaps" },
};

static const LtDemoStep housekeeping[] = {
  { "housekeeper.run", NONE, 0, "" },
  { "task-queue.task-acquired", NONE, 0, "id:{count}" },
  { "purge.started", NONE, 0, "" },
  { "purge.auto-expunge", NONE, 0, "accountName={account} total:{count}" },
  { "purge.finished", NONE, 0, "elapsed:{ms}" },
  { "store.cache-update", NONE, 0, "accountName={account}" },
};

static const LtDemoStep reported[] = {
  { "incoming-report.dmarc-report", NONE, 0,
    "from=dmarc@{fromDomain} domain=example.org dmarcPass:{count} dmarcReject:1 spfPass:{count}" },
  { "incoming-report.tls-report", NONE, 0,
    "from=tls@{fromDomain} domain=example.org totalSuccesses:{count} totalFailures:0" },
  { "tls-rpt.record-fetch", NONE, 0, "domain={fromDomain} elapsed:{ms}" },
};

static const LtDemoStep troubled[] = {
  { "smtp.connection-start", CONNECTION, BEGIN,
    "listenerId=smtp localIp=192.0.2.1 localPort:25 remoteIp={ip} remotePort:{port}" },
  { "smtp.ehlo", CONNECTION, 0, "domain={helo}" },
  { "smtp.start-tls", CONNECTION, 0, "" },
  { "tls.handshake-error", CONNECTION, 0, "listenerId=smtp reason=no-shared-cipher" },
  { "milter.timeout", CONNECTION, 0, "id=clamav elapsed:{ms}" },
  { "store.ldap-error", CONNECTION, 0, "reason=timeout causedBy=directory" },
  { "network.timeout", CONNECTION, 0, "elapsed:{ms}" },
  { "smtp.connection-end", CONNECTION, END, "elapsed:{ms}" },
};

/* clang-format on */

#define SCENARIO(steps, weight)                                                                    \
  {                                                                                                \
#steps, weight, steps, G_N_ELEMENTS(steps)                                                     \
  }

static const LtDemoScenario scenarios[] = {
  SCENARIO (received, 30),    SCENARIO (spam, 12),        SCENARIO (refused, 8),
  SCENARIO (greylisted, 6),   SCENARIO (scanned, 5),      SCENARIO (sent, 12),
  SCENARIO (deferred, 4),     SCENARIO (bounced, 3),      SCENARIO (unresolved, 2),
  SCENARIO (read_by_imap, 8), SCENARIO (read_by_pop3, 2), SCENARIO (read_by_jmap, 3),
  SCENARIO (guessed, 3),      SCENARIO (housekeeping, 2), SCENARIO (reported, 1),
  SCENARIO (troubled, 2),
};

/**
 * lt_demo_script_get_scenarios:
 * @n_scenarios: (out): how many there are
 *
 * Returns: (transfer none) (array length=n_scenarios): what may happen on the simulated server
 */
const LtDemoScenario *
lt_demo_script_get_scenarios (guint *n_scenarios)
{
  *n_scenarios = G_N_ELEMENTS (scenarios);
  return scenarios;
}
