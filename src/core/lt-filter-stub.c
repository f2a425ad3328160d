/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Stands in until lt-filter.c, lt-match-context.c and lt-matcher.c land: delete this file then. */
#include "core/lt-filter.h"
#include "core/lt-matcher.h"
#include "core/lt-span.h"
#include <string.h>
struct _LtMatchContext { LtEvent *e; };
LtMatchContext *lt_match_context_new (void){return g_new0(LtMatchContext,1);}
void lt_match_context_free (LtMatchContext *s){g_free(s);}
void lt_match_context_set_event (LtMatchContext *s, LtEvent *e){s->e=e;}
struct _LtFilter { GObject p; char *text; LtKey *key; char *v; };
G_DEFINE_FINAL_TYPE (LtFilter, lt_filter, G_TYPE_OBJECT)
static void fin(GObject *o){LtFilter*f=(LtFilter*)o; if(f->key) lt_key_unref(f->key); g_free(f->text);g_free(f->v); G_OBJECT_CLASS(lt_filter_parent_class)->finalize(o);}
static void lt_filter_class_init (LtFilterClass *k){G_OBJECT_CLASS(k)->finalize=fin;}
static void lt_filter_init (LtFilter *s){}
LtFilter *lt_filter_new_from_text (LtCatalogue *c, const char *t, GError **e){LtFilter*f=g_object_new(LT_TYPE_FILTER,NULL); f->text=g_strdup(t); const char*q=strchr(t,':'); if(q){f->key=lt_catalogue_intern_key(c,t,q-t,e); f->v=g_strdup(q+1);} return f;}
const char *lt_filter_get_text (LtFilter *s){return s->text;}
gboolean lt_filter_is_empty (LtFilter *s){return !*s->text;}
gboolean lt_filter_match (LtFilter *s, LtMatchContext *c){ if(!s->key) return TRUE; const LtValue*v=lt_event_find(c->e,s->key); if(!v&&c->e->span&&c->e->span->start) v=lt_event_find(c->e->span->start,s->key); return v && strstr(lt_value_get_text(v)?:"",s->v);}
guint64 lt_filter_get_exhausted (LtFilter *s){return 0;}
struct _LtMatcher { GPtrArray *f,*t; LtMatchContext *c;};
LtMatcher *lt_matcher_new (void){LtMatcher*m=g_new0(LtMatcher,1);m->f=g_ptr_array_new();m->t=g_ptr_array_new();m->c=lt_match_context_new();return m;}
void lt_matcher_free (LtMatcher *m){g_ptr_array_unref(m->f);g_ptr_array_unref(m->t);g_free(m->c);g_free(m);}
void lt_matcher_add (LtMatcher *m, LtFilter *f, gpointer t){g_ptr_array_add(m->f,f);g_ptr_array_add(m->t,t);}
void lt_matcher_remove (LtMatcher *m, LtFilter *f, gpointer t){for(guint i=0;i<m->t->len;i++) if(m->t->pdata[i]==t){g_ptr_array_remove_index(m->f,i);g_ptr_array_remove_index(m->t,i);return;}}
void lt_matcher_match (LtMatcher *m, LtEvent *e, LtMatcherFunc func, gpointer u){lt_match_context_set_event(m->c,e);for(guint i=0;i<m->t->len;i++) if(lt_filter_match(m->f->pdata[i],m->c)) func(m->t->pdata[i],e,u);}
LtFilter *lt_filter_new_from_query (LtCatalogue *c, const LtQuery *q, GError **e){ for (guint i=0;i<lt_query_get_length(q);i++){const LtParameter*p=lt_query_get_parameter(q,i); if(!lt_query_name_is_reserved(p->name)){g_autofree char*t=g_strdup_printf("%s:%s",p->name,p->value); return lt_filter_new_from_text(c,t,e);}} return lt_filter_new_from_text(c,"",e);}
