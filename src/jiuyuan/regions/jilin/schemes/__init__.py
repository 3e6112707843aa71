"""吉林省: the schemes of support that people on the register have a right to (四(三)), in the order in which pages show them."""

from jiuyuan.regions.jilin.schemes.employer_insurance import EMPLOYER_INSURANCE
from jiuyuan.regions.jilin.schemes.flexible_insurance import FLEXIBLE_INSURANCE
from jiuyuan.regions.jilin.schemes.public_post import PUBLIC_POST
from jiuyuan.regions.jilin.schemes.startup import STARTUP
from jiuyuan.regions.jilin.schemes.startup_loan import STARTUP_LOAN
from jiuyuan.regions.jilin.schemes.tax_relief import TAX_RELIEF
from jiuyuan.regions.jilin.schemes.training import TRAINING
from jiuyuan.regions.jilin.schemes.training_living import TRAINING_LIVING

SCHEMES = (
    FLEXIBLE_INSURANCE,
    EMPLOYER_INSURANCE,
    PUBLIC_POST,
    TRAINING,
    TRAINING_LIVING,
    STARTUP,
    STARTUP_LOAN,
    TAX_RELIEF,
)
