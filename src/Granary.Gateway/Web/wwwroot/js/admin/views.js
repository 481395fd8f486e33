// The sections, in their order. One is { id, title, isOperators, isTenants, load(tenant, me), render(data, { tenant, me, act }) },
// and begin() where it forgets something when it is opened.
import { alerts } from './views/alerts.js';
import { audit } from './views/audit.js';
import { cluster } from './views/cluster.js';
import { keys } from './views/keys.js';
import { limits } from './views/limits.js';
import { models } from './views/models.js';
import { sessions } from './views/sessions.js';
import { tenants } from './views/tenants.js';
import { usage } from './views/usage.js';

export const views = [cluster, tenants, usage, limits, alerts, keys, sessions, models, audit];
