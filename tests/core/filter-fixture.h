/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/lt-catalogue.h"
#include "core/lt-event.h"
#include "core/lt-filter.h"

LtCatalogue *filter_fixture_new_catalogue (void);
LtEvent *filter_fixture_new_event (LtCatalogue *catalogue, const char *json, LtEvent *start);
LtEvent *filter_fixture_new_random_event (LtCatalogue *catalogue, GRand *random);
char *filter_fixture_random_filter (GRand *random);
LtFilter *filter_fixture_new_from_query (LtCatalogue *catalogue, const char *raw, GError **error);
