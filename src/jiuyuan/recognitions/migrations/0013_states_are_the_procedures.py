from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('recognitions', '0012_under_which_rules'),
    ]

    operations = [
        migrations.AlterField(
            model_name='exitproposal',
            name='status',
            field=models.CharField(default='open', max_length=10, verbose_name='状态'),
        ),
        migrations.AlterField(
            model_name='investigation',
            name='status',
            field=models.CharField(default='open', max_length=8, verbose_name='状态'),
        ),
        migrations.AlterField(
            model_name='recognition',
            name='status',
            field=models.CharField(default='active', max_length=8, verbose_name='状态'),
        ),
    ]
